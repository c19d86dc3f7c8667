"""What a Vietnamese newspaper's page puts around an article, told by whole lines only.

A line is furniture when nothing is left of it once the words of toolbars, counters and menus, the numbers
and the separators are taken away, or when it opens as only a page's own notices do. A sentence that merely
holds such a word keeps its other words, and stays.
"""

import re
from enum import Enum


def _any_of(phrases: str) -> str:
    """Return a regular expression for any of the phrases, which commas part; each may be one itself."""
    return "|".join(phrase.strip() for phrase in phrases.split(", "))


_TOOLS = _any_of(
    # counters and statistics
    r"(?:tổng )?(?:số )?lượt (?:xem|đọc|truy cập|thích|bình luận), đã xem, lượt, views?, "
    r"tổng (?:lượt )?truy cập, đang (?:truy cập|xem|online), máy chủ tìm kiếm, khách(?: viếng thăm)?, "
    r"thành viên (?:trực tuyến|online), trực tuyến, online, hôm (?:nay|qua), "
    r"(?:tuần|tháng|năm) (?:này|hiện tại|trước), (?:giây|phút|giờ|ngày) trước, vừa xong, "
    # sharing
    r"chia sẻ(?: bài viết)?(?: (?:lên|qua|trên))?, share, facebook, fanpage, twitter, zalo, messenger, "
    r"linkedin, pinterest, telegram, viber, youtube, tiktok, e-?mail, copy link, "
    r"sao chép (?:liên kết|link|đường dẫn), thích, like, tweet, theo dõi(?: chúng tôi)?(?: trên)?, "
    r"google(?: news|\+)?, qr ?code, "
    # printing, listening, letter size
    r"in (?:bài viết|bài|trang|tin|ấn)(?: này)?, bản in, lưu, bình chọn, "
    r"gửi (?:e-?mail|bài viết|bài|tin|cho bạn bè|bạn bè)(?: qua e-?mail)?, "
    r"lưu (?:bài viết|bài|tin)(?: này)?, tải về, nghe(?: đọc)?(?: bài viết| bài| tin| audio)?, đọc bài viết, "
    r"cỡ chữ, phóng to, thu nhỏ, mặc định, aa?(?: ?[-+])?, tương phản, giọng (?:nam|nữ)(?: miền \w+)?, "
    # moving about
    r"trang (?:chủ|trước|sau|nhất), quay lại, trở (?:về|lại), về (?:trang chủ|trang trước|đầu trang), top, "
    r"down, (?:lên )?đầu trang, back to top, menu, danh mục, tìm kiếm(?: nâng cao)?, rss, sitemap, close, "
    r"đóng, next, prev(?:ious)?, sơ đồ (?:trang|site|website|web|cổng), "
    r"liên hệ(?: quảng cáo| t(?:òa|oà) soạn)?, quảng cáo, đặt báo, báo (?:in|giấy), e-?paper, multimedia, "
    r"video, podcast, (?:xem|đọc) tiếp, chi tiết, xem, english, xem (?:tất cả|chi tiết), tiếng việt, "
    r"xem phiên bản (?:di động|máy tính), "
    # accounts and cookies
    r"đăng nhập(?: để (?:gửi )?bình luận)?, đăng (?:ký|kí|xuất), quên mật khẩu, tài khoản, mật khẩu, "
    r"tên đăng nhập, ghi nhớ(?: đăng nhập)?, "
    r"(?:chấp nhận|từ chối|tùy chọn|đồng ý)(?: tất cả)?(?: cookies?)?, tôi đồng ý, điều khoản sử dụng, "
    r"chính sách (?:bảo mật|quyền riêng tư|cookies?), "
    # comments and ratings
    r"(?:(?:viết|gửi|thêm|xem|đăng|tất cả|các) )?(?:bình luận|ý kiến)(?: của bạn)?, gửi, "
    r"(?:hủy|huỷ)(?: bỏ)?, họ (?:và )?tên, mã (?:xác nhận|bảo vệ|an toàn|kiểm tra), (?:mới|cũ) nhất, "
    r"quan tâm nhất, trả lời, đánh giá(?: bài viết)?, xếp hạng, phiếu bầu, "
    r"\d[\d.,]*\s?[km%]?"
)
_SECTIONS = _any_of(
    r"thời sự, chính trị, kinh tế, xã hội, văn (?:hóa|hoá), văn nghệ, thể thao, giải trí, du lịch, giáo dục, "
    r"y tế, sức (?:khỏe|khoẻ), pháp luật, quốc phòng, an ninh, quốc tế, thế giới, trong (?:nước|tỉnh), "
    r"đời sống, bạn đọc, khoa học, công nghệ, môi trường, nông nghiệp, nông thôn mới, xây dựng đảng, đảng, "
    r"chính quyền, đoàn thể, dân tộc, tôn giáo, biên giới, tin tức, tin, sự kiện, phóng sự, ký sự, ảnh, "
    r"chuyển đổi số, và, thông báo, cải cách hành chính, e-?magazine, infographics?, "
    r"văn bản(?: chỉ đạo| pháp luật)?, thư viện(?: ảnh| video)?, hỏi đáp, lịch công tác, giới thiệu, "
    r"chuyên (?:mục|đề), học tập và làm theo (?:tư tưởng|tấm gương|gương|lời)?.*(?:hồ chí minh|bác)"
)
_NOTICES = _any_of(
    r"tổng số điểm của bài viết, xếp hạng:\s*\d, (?:click|nhấn|bấm) (?:vào đây )?để đánh giá, "
    r"(?:hiện )?(?:tại |nay |đang )?chưa có (?:bình luận|ý kiến), ý kiến của bạn (?:sẽ|đang), "
    r"hãy là người đầu tiên .*(?:bình luận|ý kiến), "
    r"(?:vui lòng|xin|hãy) (?:gõ|nhập|viết|sử dụng) tiếng việt, "
    r"(?:bạn (?:cần|phải|hãy|chưa)|vui lòng|hãy|mời bạn) đăng nhập.*(?:bình luận|ý kiến|phản hồi|đánh giá), "
    r"bạn đã không sử dụng site, chưa có tài khoản, "
    r"từ (?:khóa|khoá)\s*:, tags?\s*:, keywords?\s*:, (?:mời )?(?:xem|đọc) thêm\s*:, "
    r"(?:tin|bài) (?:viết )?liên quan\s*:, theo dõi .{2,40} trên (?:google|facebook|zalo)"
)
_COOKIES = (
    r"(?:trang (?:web|tin|này)|website|chúng tôi|bằng (?:cách|việc)|khi tiếp tục|để nâng cao).*\bcookies?\b"
)
_IMPRINT = _any_of(
    r"(?:điện thoại|đt|sđt|tel|fax|hotline|đường dây nóng|e-?mail|thư điện tử|website|địa chỉ|trụ sở"
    r"|tòa soạn|toà soạn|chủ đề|chuyên mục)(?: [^:]{1,30})?\s*:, "
    r"(?:phó )?tổng biên tập(?:\s*:|(?: \w+){2,5}$), chịu trách nhiệm (?:nội dung|chính|xuất bản), "
    r"cơ quan chủ quản, giấy phép (?:số|xuất bản|hoạt động|thiết lập|báo), (?:số )?gp(?: số)?\s*:, "
    r"thường trực ban biên tập, cơ quan (?:của đảng bộ|ngôn luận), bản đồ hành chính, "
    r"liên kết (?:web|website|site), copyright\b, [©®], bản quyền (?:thuộc|©|bởi|\d{4}), "
    r"(?:ghi|đề nghị ghi|vui lòng ghi|yêu cầu ghi) rõ nguồn, "
    r"powered by, (?:mọi hình thức|cấm|không được) sao chép, (?:thiết kế|phát triển) (?:và|bởi), "
    r"(?:trang|cổng) (?:thông tin|tin)(?: điện tử)? .*(?:điện thoại|đt|fax|e-?mail|giấy phép|trách nhiệm|©)"
)
_ENDS = _any_of(
    r"(?:(?:viết|gửi|thêm|các|tất cả) )?bình luận(?: bạn đọc| của bạn)?, tin (?:mới(?: nhất)?|nóng|nổi bật), "
    r"(?:(?:gửi|các) )?ý kiến (?:bạn đọc|độc giả|phản hồi|của bạn|bình luận), bài mới (?:nhất|đăng), "
    r"(?:các |những )?tin(?: bài)? (?:đã đưa|(?:mới|cũ) hơn), (?:các )?(?:tin|bài)(?: tức| viết)? khác, "
    r"(?:tin |bài )?(?:đọc|xem) nhiều(?: nhất)?, thống kê truy cập, tình hình giải quyết hồ sơ"
)
_BOXES = _any_of(
    r"(?:các )?(?:tin|bài)(?: viết| bài|,\x20bài| tức)? (?:liên quan|cùng (?:chuyên mục|chủ đề|sự kiện)), "
    r"cùng (?:chuyên mục|chủ đề), (?:mời (?:bạn )?)?(?:xem|đọc|tìm hiểu) thêm, có thể (?:bạn|quý vị) quan tâm"
)

_TOOL = re.compile(rf"(?<!\w)(?:{_TOOLS})(?![^\W\d_])", re.IGNORECASE)
_SECTION = re.compile(rf"(?<!\w)(?:{_SECTIONS})(?![^\W\d_])", re.IGNORECASE)
_NOTICE = re.compile(rf"{_NOTICES}|(?:>{{1,3}}|»)\s*\S", re.IGNORECASE)
_COOKIE = re.compile(_COOKIES, re.IGNORECASE)
_IMPRINTS = re.compile(_IMPRINT, re.IGNORECASE)
_END = re.compile(rf"(?:{_ENDS})[\s(]*[\d.,]*\)?", re.IGNORECASE)
_BOX = re.compile(_BOXES, re.IGNORECASE)
_LONGEST_NOTICE, _LONGEST_IMPRINT = 200, 400  # characters; a longer line goes on with something else
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+\.\w+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\d•·»«›‹>|/\\:;,.()\[\]*+►▶▸★☆✩_–—\-&]+")
_BULLETS = " •·»›>|-–—*+►▶▸("


class Marker(Enum):
    """What a line of its own opens, other than the article."""

    END = "comments, statistics, other news"
    BOX = "related articles, which may stand in the midst of one"


def marker(line: str) -> Marker | None:
    """Return what `line` opens, None for any other line."""
    bare = line.strip(_BULLETS + ":")
    if _END.fullmatch(bare):
        return Marker.END
    return Marker.BOX if _BOX.fullmatch(bare) else None


def is_furniture(line: str) -> bool:
    """Tell whether `line` is a tool, a counter, a notice or a link, wherever it stands in a page."""
    if len(line) <= _LONGEST_NOTICE and (_NOTICE.match(line) or _NOTICE.match(line.lstrip(_BULLETS))):
        return True
    if _COOKIE.match(line):
        return True
    return not _SEPARATORS.sub("", _TOOL.sub("", _LINK.sub("", line)))


def is_imprint(line: str) -> bool:
    """Tell whether `line` is a telephone, an editor, a licence: an imprint, where no article runs."""
    return len(line) <= _LONGEST_IMPRINT and _IMPRINTS.match(line.lstrip(_BULLETS)) is not None


def is_menu(line: str) -> bool:
    """Tell whether `line` is names of a newspaper's sections only, or a path of them."""
    if " > " in line or "»" in line:
        return True
    return not _SEPARATORS.sub("", _TOOL.sub("", _SECTION.sub("", line)))
