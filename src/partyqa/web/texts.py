"""Every Vietnamese string of the chat page, in one place."""

from datetime import date

PAGE_TITLE = "partyqa · Hỏi đáp xây dựng Đảng"
HEADING = "Hỏi đáp xây dựng Đảng"
TAGLINE = "Trả lời bằng câu trích nguyên văn, có nguồn; bài viết không nói thì nói là không có."

LOG_LABEL = "Cuộc hỏi đáp"
WELCOME = "Bạn muốn biết điều gì trong kho bài viết?"
EXAMPLES_LABEL = "Bấm vào một câu để hỏi thử:"
EXAMPLES = (
    "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
    "Ai là Bí thư Huyện ủy Mường Ảng?",
    "Thị trấn Mường Lát có bao nhiêu chi bộ?",
    "Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên?",
)

QUESTION_LABEL = "Câu hỏi của bạn"
QUESTION_PLACEHOLDER = "Nhập câu hỏi rồi nhấn Enter"
ASK = "Hỏi"
CLEAR = "Cuộc hỏi mới"
BUSY = "Đang tìm trong kho bài viết…"

YOU_ASKED = "Bạn hỏi:"
UNDERSTOOD_AS = "Hiểu là:"
EDIT = "Sửa câu hỏi"
RELATED_HEADING = "Câu gần nhất (không phải câu trả lời)"
UNEXPECTED = (
    "Có lỗi ngoài dự kiến nên chưa trả lời được câu này; bạn hãy hỏi lại, "
    "nếu vẫn lỗi thì báo người quản trị xem nhật ký máy chủ."
)

TOAST_TITLE = "Thông báo"
CONNECTION_LOST = "Mất kết nối với máy chủ, đang thử nối lại; nếu đã tắt chương trình thì hãy chạy lại."
TOO_MANY = "Đang có nhiều người hỏi cùng lúc; bạn chờ vài giây rồi hỏi lại."

SOURCES_LABEL = "Bài viết được trích"
SOURCES_HEADING = "Nguồn"
RELATED_SOURCES_HEADING = "Bài gần nhất (không phải nguồn trả lời)"
SOURCES_EMPTY = "Bài viết được trích sẽ hiện ở đây, câu được trích tô màu trong toàn văn."
ORIGINAL_LINK = "Mở bài gốc"

CONFIDENCE_HIGH = "Độ tin cậy: cao"
CONFIDENCE_MIDDLE = "Độ tin cậy: vừa"
CONFIDENCE_LOW = "Độ tin cậy: thấp"


def articles_held(count: int) -> str:
    """Say how many articles are searched."""
    return f"Kho có {count} bài viết."


def confidence_words(confidence: float) -> str:
    """Put a calibrated probability into words; the steps are .8 and .5."""
    if confidence >= 0.8:
        return CONFIDENCE_HIGH
    if confidence >= 0.5:
        return CONFIDENCE_MIDDLE
    return CONFIDENCE_LOW


def day(value: date) -> str:
    """Write a date the Vietnamese way: `05/09/2024`."""
    return f"{value.day:02}/{value.month:02}/{value.year}"


def edit_question(question: str) -> str:
    """Name the button that puts an understood question into the box, for a screen reader."""
    return f"{EDIT}: {question}"


def show_quote(marker: int) -> str:
    """Name the button [n] for a screen reader."""
    return f"Xem câu trích {marker} trong bài"


def back_to_answer(marker: int) -> str:
    """Name the number on a highlighted sentence for a screen reader."""
    return f"Về câu trả lời, câu trích {marker}"


def full_text_of(title: str) -> str:
    """Name an article's scrolling text for a screen reader."""
    return f"Toàn văn: {title}"


def port_busy(host: str, port: int) -> tuple[str, str]:
    """Say in Vietnamese and English that the port is taken, and which to try."""
    other = port + 1 if port < 65535 else port - 1
    return (
        f"Cổng {port} trên {host} đang được chương trình khác dùng; hãy chạy: partyqa serve --port {other}",
        f"Port {port} on {host} is in use by another program; run: partyqa serve --port {other}",
    )


def address_refused(host: str, port: int, reason: str) -> tuple[str, str]:
    """Say in Vietnamese and English that the address cannot be listened on, and what to try."""
    return (
        f"Không mở được địa chỉ {host}:{port} ({reason}); hãy chạy: partyqa serve --host 127.0.0.1 --port 7860",
        f"Cannot listen on {host}:{port} ({reason}); run: partyqa serve --host 127.0.0.1 --port 7860",
    )
