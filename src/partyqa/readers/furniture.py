"""What a Vietnamese newspaper's page puts around an article, told by whole lines only.

A line is furniture when nothing is left of it once the words of toolbars, counters and menus, the numbers
and the separators are taken away, or when it opens as only a page's own notices do. A sentence that merely
holds such a word keeps its other words, and stays.
"""

import re
from enum import Enum

_TOOLS = (
    # counters and statistics
    r"(?:tổng )?(?:số )?lượt (?:xem|đọc|truy cập|thích|bình luận)",
    r"đã xem|lượt|views?|đang (?:truy cập|xem|online)|tổng (?:lượt )?truy cập|máy chủ tìm kiếm",
    r"khách(?: viếng thăm)?|thành viên (?:trực tuyến|online)|hôm (?:nay|qua)|trực tuyến|online",
    r"(?:tuần|tháng|năm) (?:này|hiện tại|trước)|(?:giây|phút|giờ|ngày) trước|vừa xong",
    # sharing
    r"chia sẻ(?: bài viết)?(?: (?:lên|qua|trên))?|share|facebook|fanpage|twitter|zalo|messenger|linkedin",
    r"pinterest|telegram|viber|youtube|tiktok|e-?mail|copy link|sao chép (?:liên kết|link|đường dẫn)|qr ?code",
    r"thích|like|tweet|theo dõi(?: chúng tôi)?(?: trên)?|google(?: news|\+)?",
    # printing, listening, letter size
    r"in (?:bài viết|bài|trang|tin|ấn)(?: này)?|bản in|gửi (?:e-?mail|bài viết|bài|tin|cho bạn bè|bạn bè)",
    r"lưu (?:bài viết|bài|tin)(?: này)?|tải về|nghe(?: đọc)?(?: bài viết| bài| tin| audio)?|đọc bài viết",
    r"cỡ chữ|phóng to|thu nhỏ|mặc định|aa?(?: ?[-+])?|tương phản|giọng (?:nam|nữ)(?: miền (?:bắc|nam|trung))?",
    # moving about
    r"trang (?:chủ|trước|sau|nhất)|quay lại|trở (?:về|lại)|về (?:trang chủ|trang trước|đầu trang)|top|down",
    r"(?:lên )?đầu trang|back to top|menu|danh mục|tìm kiếm(?: nâng cao)?|rss|sitemap|close|đóng|next|prev(?:ious)?",
    r"sơ đồ (?:trang|site|website|web|cổng)|liên hệ(?: quảng cáo| t[òo][àa] soạn)?|quảng cáo|giới thiệu",
    r"đặt báo|báo (?:in|giấy)|e-?paper|multimedia|video|podcast|(?:xem|đọc) tiếp|xem (?:tất cả|chi tiết)|chi tiết|xem",
    r"english|tiếng việt|xem phiên bản (?:di động|máy tính)",
    # accounts and cookies
    r"đăng (?:nhập|k[ýí]|xuất)|quên mật khẩu|tài khoản|mật khẩu|tên đăng nhập|ghi nhớ(?: đăng nhập)?|tôi đồng ý",
    r"(?:chấp nhận|từ chối|tùy chọn|đồng ý)(?: tất cả)?(?: cookies?)?",
    r"chính sách (?:bảo mật|quyền riêng tư|cookies?)|điều khoản sử dụng",
    # comments and ratings
    r"(?:(?:viết|gửi|thêm|xem|đăng|tất cả|các) )?(?:bình luận|ý kiến)(?: của bạn)?|gửi|h[ủu][ỷy](?: bỏ)?|trả lời",
    r"họ (?:và )?tên|nội dung|mã (?:xác nhận|bảo vệ|an toàn|kiểm tra)|(?:mới|cũ) nhất|quan tâm nhất",
    r"đánh giá(?: bài viết)?|xếp hạng|phiếu bầu",
    r"\d[\d.,]*\s?[km%]?",
)
_TOOL = re.compile(rf"(?<!\w)(?:{'|'.join(_TOOLS)})(?![^\W\d_])", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\d•·»«›‹>|/\\:;,.()\[\]*+►▶▸★☆✩_–—\-&]+")

_NOTICES = re.compile(
    r"""(?:
      tổng\ số\ điểm\ của\ bài\ viết | xếp\ hạng:\ | (?:click|nhấn|bấm)\ (?:vào\ đây\ )?để\ (?:đánh\ giá|xem|đọc)
    | (?:hiện\ (?:tại|nay|đang)?\s?)?chưa\ có\ (?:bình\ luận|ý\ kiến|bạn\ đọc) | hãy\ là\ người\ đầu\ tiên
    | ý\ kiến\ của\ bạn\ (?:sẽ|đang) | (?:vui\ lòng|xin|hãy)\ (?:gõ|nhập|viết|sử\ dụng)\ tiếng\ việt
    | (?:bạn\ (?:cần|phải|hãy|chưa)|vui\ lòng|hãy|mời\ bạn)\ đăng\ nhập | bạn\ đã\ không\ sử\ dụng\ site
    | chưa\ có\ tài\ khoản
    | (?:trang\ (?:web|tin|này)|website|chúng\ tôi|bằng\ (?:cách|việc)|khi\ tiếp\ tục|để\ nâng\ cao).*\bcookies?\b
    | (?:từ\ kho[áóa]+|tags?|chủ\ đề|keywords?)\s*:
    | copyright\b | bản\ quyền\ (?:thuộc|©|bởi|\d{4}) | [©®] | (?:ghi\ rõ|đề\ nghị\ ghi|vui\ lòng\ ghi|yêu\ cầu\ ghi)\ (?:rõ\ )?nguồn
    | (?:mọi|cấm|không\ được)\ (?:hình\ thức\ )?sao\ chép | powered\ by | (?:thiết\ kế|phát\ triển)\ (?:và|bởi)
    | (?:xem|đọc|mời)\ (?:thêm|xem\ thêm)\s*: | >{1,3}\s*\S | (?:tin|bài)\ (?:viết\ )?liên\ quan\s*:\s*\S
    | theo\ dõi\ .{2,40}\ trên\ (?:google|facebook|zalo)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ADDRESS = re.compile(
    r"""(?:
      (?:điện\ thoại|đt|sđt|tel|fax|hotline|đường\ dây\ nóng|e-?mail|thư\ điện\ tử|website|địa\ chỉ|t[òo][àa]\ soạn|trụ\ sở)
        (?:\ [^:]{1,30})?\s*:
    | (?:phó\ )?tổng\ biên\ tập | chịu\ trách\ nhiệm | cơ\ quan\ chủ\ quản | giấy\ phép | (?:số\ )?gp(?:\ số)?\b
    | cơ\ quan\ (?:của|ngôn\ luận) | thường\ trực\ ban\ biên\ tập | bản\ đồ\ hành\ chính | liên\ kết\ (?:web|website|site)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_END = re.compile(
    r"""(?:
      (?:(?:viết|gửi|thêm|các|tất\ cả)\ )?(?:bình\ luận|ý\ kiến(?:\ (?:bạn\ đọc|độc\ giả|phản\ hồi|của\ bạn))?)
        (?:\ bạn\ đọc|\ của\ bạn)?
    | phản\ hồi | (?:các\ |những\ )?tin(?:\ bài)?\ (?:đã\ đưa|(?:mới|cũ)\ hơn) | (?:các\ )?(?:tin|bài)(?:\ tức|\ viết)?\ khác
    | (?:tin\ |bài\ )?(?:đọc|xem)\ nhiều(?:\ nhất)? | tin\ (?:mới(?:\ nhất)?|nóng|nổi\ bật) | (?:bài|tin)\ mới\ (?:nhất|đăng)
    | thống\ kê(?:\ truy\ cập)? | tình\ hình\ giải\ quyết\ hồ\ sơ | lượt\ truy\ cập | thông\ tin\ (?:tòa|toà)\ soạn
    )[\s:(]*[\d.,]*\)?:?""",
    re.IGNORECASE | re.VERBOSE,
)
_BOX = re.compile(
    r"""(?:
      (?:các\ )?(?:tin|bài|bài\ viết|tin\ bài|tin,\ bài|tin\ tức)\ (?:liên\ quan|cùng\ (?:chuyên\ mục|chủ\ đề|loại|sự\ kiện))
    | cùng\ (?:chuyên\ mục|chủ\ đề) | (?:xem|đọc|tìm\ hiểu)\ thêm | có\ thể\ (?:bạn|quý\ vị)\ quan\ tâm | mời\ (?:bạn\ )?đọc\ thêm
    )\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)


class Marker(Enum):
    """A line that opens something other than the article."""

    END = "comments, statistics, other news: nothing of the article follows"
    BOX = "related articles: may stand in the midst of an article"


def marker(line: str) -> Marker | None:
    """Return what `line` opens, None for any other line."""
    bare = line.strip(" •·»›>|-–—*+►▶▸:")
    if _END.fullmatch(bare):
        return Marker.END
    return Marker.BOX if _BOX.fullmatch(bare) else None


def is_furniture(line: str) -> bool:
    """Tell whether `line` is a tool, a counter, a notice or a link wherever it stands in a page."""
    if _NOTICES.match(line.lstrip(" •·»›|-–—*+►▶▸(")):
        return True
    return not _SEPARATORS.sub("", _TOOL.sub("", _LINK.sub("", line)))


def is_address(line: str) -> bool:
    """Tell whether `line` is of an imprint: telephone, editor, licence; true only around an article."""
    return _ADDRESS.match(line.lstrip(" •·»›|-–—*+►▶▸(")) is not None
