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
    r"pinterest|telegram|viber|youtube|tiktok|e-?mail|copy link|sao chép (?:liên kết|link|đường dẫn)",
    r"thích|like|tweet|theo dõi(?: chúng tôi)?(?: trên)?|google(?: news|\+)?|qr ?code",
    # printing, listening, letter size
    r"in (?:bài viết|bài|trang|tin|ấn)(?: này)?|bản in|gửi (?:e-?mail|bài viết|bài|tin|cho bạn bè|bạn bè)",
    r"lưu (?:bài viết|bài|tin)(?: này)?|tải về|nghe(?: đọc)?(?: bài viết| bài| tin| audio)?|đọc bài viết",
    r"cỡ chữ|phóng to|thu nhỏ|mặc định|aa?(?: ?[-+])?|tương phản|giọng (?:nam|nữ)(?: miền (?:bắc|nam|trung))?",
    # moving about
    r"trang (?:chủ|trước|sau|nhất)|quay lại|trở (?:về|lại)|về (?:trang chủ|trang trước|đầu trang)|top|down",
    r"(?:lên )?đầu trang|back to top|menu|danh mục|tìm kiếm(?: nâng cao)?|rss|sitemap|close|đóng|next",
    r"sơ đồ (?:trang|site|website|web|cổng)|liên hệ(?: quảng cáo| t[òo][àa] soạn)?|quảng cáo|prev(?:ious)?",
    r"đặt báo|báo (?:in|giấy)|e-?paper|multimedia|video|podcast|(?:xem|đọc) tiếp|xem (?:tất cả|chi tiết)",
    r"xem|chi tiết|english|tiếng việt|xem phiên bản (?:di động|máy tính)",
    # accounts and cookies
    r"đăng (?:nhập|k[ýí]|xuất)|quên mật khẩu|tài khoản|mật khẩu|tên đăng nhập|ghi nhớ(?: đăng nhập)?|tôi đồng ý",
    r"(?:chấp nhận|từ chối|tùy chọn|đồng ý)(?: tất cả)?(?: cookies?)?|điều khoản sử dụng",
    r"chính sách (?:bảo mật|quyền riêng tư|cookies?)",
    # comments and ratings
    r"(?:(?:viết|gửi|thêm|xem|đăng|tất cả|các) )?(?:bình luận|ý kiến)(?: của bạn)?|gửi|h(?:ủy|uỷ)(?: bỏ)?",
    r"họ (?:và )?tên|mã (?:xác nhận|bảo vệ|an toàn|kiểm tra)|(?:mới|cũ) nhất|quan tâm nhất|trả lời",
    r"đánh giá(?: bài viết)?|xếp hạng|phiếu bầu",
    r"\d[\d.,]*\s?[km%]?",
)
_SECTIONS = (
    r"thời sự|chính trị|kinh tế|xã hội|văn h(?:óa|oá)|văn nghệ|thể thao|giải trí|du lịch|giáo dục|y tế|sức kh(?:ỏe|oẻ)",
    r"pháp luật|quốc phòng|an ninh|quốc tế|thế giới|trong (?:nước|tỉnh)|đời sống|bạn đọc|khoa học|công nghệ",
    r"môi trường|nông nghiệp|nông thôn mới|xây dựng đảng|đảng|chính quyền|đoàn thể|dân tộc|tôn giáo|biên giới",
    r"tin tức|tin|sự kiện|phóng sự|ký sự|ảnh|chuyển đổi số|cải cách hành chính|e-?magazine|infographics?|và",
    r"giới thiệu|chuyên (?:mục|đề)|học tập và làm theo (?:tư tưởng|tấm gương|gương|lời)?.*(?:hồ chí minh|bác)",
)
_BEFORE, _AFTER = r"(?<!\w)(?:", r")(?![^\W\d_])"
_TOOL = re.compile(_BEFORE + "|".join(_TOOLS) + _AFTER, re.IGNORECASE)
_SECTION = re.compile(_BEFORE + "|".join(_SECTIONS) + _AFTER, re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\d•·»«›‹>|/\\:;,.()\[\]*+►▶▸★☆✩_–—\-&]+")
_BULLETS = " •·»›|-–—*+►▶▸("

_NOTICES = re.compile(
    r"""(?:
      tổng\ số\ điểm\ của\ bài\ viết | xếp\ hạng:\s*\d | (?:click|nhấn|bấm)\ (?:vào\ đây\ )?để\ đánh\ giá
    | (?:hiện\ )?(?:tại\ |nay\ |đang\ )?chưa\ có\ (?:bình\ luận|ý\ kiến)
    | hãy\ là\ người\ đầu\ tiên\ .*(?:bình\ luận|ý\ kiến) | ý\ kiến\ của\ bạn\ (?:sẽ|đang)
    | (?:vui\ lòng|xin|hãy)\ (?:gõ|nhập|viết|sử\ dụng)\ tiếng\ việt | chưa\ có\ tài\ khoản
    | (?:bạn\ (?:cần|phải|hãy|chưa)|vui\ lòng|hãy|mời\ bạn)\ đăng\ nhập.*(?:bình\ luận|ý\ kiến|phản\ hồi|đánh\ giá)
    | bạn\ đã\ không\ sử\ dụng\ site
    | (?:trang\ (?:web|tin|này)|website|chúng\ tôi|bằng\ (?:cách|việc)|khi\ tiếp\ tục|để\ nâng\ cao).*\bcookies?\b
    | (?:từ\ kho(?:á|óa)|tags?|keywords?)\s*: | >{1,3}\s*\S
    | (?:mời\ )?(?:xem|đọc)\ thêm\s*: | (?:tin|bài)\ (?:viết\ )?liên\ quan\s*:
    | theo\ dõi\ .{2,40}\ trên\ (?:google|facebook|zalo)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_IMPRINT = re.compile(
    r"""(?:
      (?:điện\ thoại|đt|sđt|tel|fax|hotline|đường\ dây\ nóng|e-?mail|thư\ điện\ tử|website|địa\ chỉ|trụ\ sở
        |t(?:òa|oà)\ soạn|chủ\ đề|chuyên\ mục)(?:\ [^:]{1,30})?\s*:
    | (?:phó\ )?tổng\ biên\ tập | chịu\ trách\ nhiệm\ (?:nội\ dung|chính|xuất\ bản) | cơ\ quan\ chủ\ quản
    | giấy\ phép\ (?:số|xuất\ bản|hoạt\ động|thiết\ lập|báo) | (?:số\ )?gp(?:\ số)?\s*: | thường\ trực\ ban\ biên\ tập
    | cơ\ quan\ (?:của\ đảng\ bộ|ngôn\ luận) | bản\ đồ\ hành\ chính | liên\ kết\ (?:web|website|site)
    | copyright\b | [©®] | bản\ quyền\ (?:thuộc|©|bởi|\d{4})
    | (?:ghi|đề\ nghị\ ghi|vui\ lòng\ ghi|yêu\ cầu\ ghi)\ rõ\ nguồn | (?:mọi\ hình\ thức|cấm|không\ được)\ sao\ chép
    | powered\ by | (?:thiết\ kế|phát\ triển)\ (?:và|bởi)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_END = re.compile(
    r"""(?:
      (?:(?:viết|gửi|thêm|các|tất\ cả)\ )?bình\ luận(?:\ bạn\ đọc|\ của\ bạn)?
    | (?:(?:gửi|các)\ )?ý\ kiến\ (?:bạn\ đọc|độc\ giả|phản\ hồi|của\ bạn|bình\ luận)
    | (?:các\ |những\ )?tin(?:\ bài)?\ (?:đã\ đưa|(?:mới|cũ)\ hơn) | (?:các\ )?(?:tin|bài)(?:\ tức|\ viết)?\ khác
    | (?:tin\ |bài\ )?(?:đọc|xem)\ nhiều(?:\ nhất)? | tin\ (?:mới(?:\ nhất)?|nóng|nổi\ bật) | bài\ mới\ (?:nhất|đăng)
    | thống\ kê\ truy\ cập | tình\ hình\ giải\ quyết\ hồ\ sơ | thông\ tin\ t(?:òa|oà)\ soạn
    )[\s(]*[\d.,]*\)?""",
    re.IGNORECASE | re.VERBOSE,
)
_BOX = re.compile(
    r"""(?:các\ )?(?:tin|bài|bài\ viết|tin\ bài|tin,\ bài|tin\ tức)\ (?:liên\ quan|cùng\ (?:chuyên\ mục|chủ\ đề|sự\ kiện))
    | cùng\ (?:chuyên\ mục|chủ\ đề) | (?:mời\ (?:bạn\ )?)?(?:xem|đọc|tìm\ hiểu)\ thêm
    | có\ thể\ (?:bạn|quý\ vị)\ quan\ tâm""",
    re.IGNORECASE | re.VERBOSE,
)


class Marker(Enum):
    """What a line of its own opens, other than the article."""

    END = "comments, statistics, other news"
    BOX = "related articles, which may stand in the midst of one"


def marker(line: str) -> Marker | None:
    """Return what `line` opens, None for any other line."""
    bare = line.strip(_BULLETS + ">:")
    if _END.fullmatch(bare):
        return Marker.END
    return Marker.BOX if _BOX.fullmatch(bare) else None


def is_furniture(line: str) -> bool:
    """Tell whether `line` is a tool, a counter, a notice or a link, wherever it stands in a page."""
    if _NOTICES.match(line.lstrip(_BULLETS)):
        return True
    return not _SEPARATORS.sub("", _TOOL.sub("", _LINK.sub("", line)))


def is_imprint(line: str) -> bool:
    """Tell whether `line` is a telephone, an editor, a licence: an imprint, where no article runs."""
    return _IMPRINT.match(line.lstrip(_BULLETS)) is not None


def is_menu(line: str) -> bool:
    """Tell whether `line` is names of a newspaper's sections only, or a path of them."""
    if " > " in line or "»" in line:
        return True
    return not _SEPARATORS.sub("", _TOOL.sub("", _SECTION.sub("", line)))
