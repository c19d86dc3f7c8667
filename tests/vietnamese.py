"""Texts as users have them, to be cut into tokens and embedded."""

TEXTS = [
    "Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?",
    "Ai là Bí thư Huyện ủy nhiệm kỳ 2020 - 2025?",
    "Cuối năm 2015, toàn huyện có 36 tổ chức cơ sở đảng với 2.128 đảng viên.",
    "Tỷ lệ chi bộ hoàn thành tốt nhiệm vụ đạt 62,5%, tăng 4,1% so với năm trước…",
    "Nghị quyết số 05-NQ/HU ngày 30/12/2023 của Ban Thường vụ Huyện ủy về công tác phát triển đảng viên.",
    "Một là, quán triệt sâu sắc chủ trương của Đảng; hai là, nâng cao năng lực lãnh đạo của cấp ủy.",
    "Bản xa nhất cách trung tâm xã hơn 40 km đường rừng, mùa mưa xe máy không vào được.",
    "“Muốn dân tin thì cán bộ phải làm trước”, ông Lò Văn A. nói.",
    "Kinh phí: 1,2 tỷ đồng (50% từ ngân sách tỉnh), hoàn thành trước 17 giờ ngày 30-9.",
    "Hoà giải ở cơ sở, uỷ quyền cho già làng, trưởng bản vận động bà con.",
    "Trời hôm nay nhiều mây, chiều có mưa rào và dông vài nơi.",
    "Trong năm, các cấp ủy đã kết nạp 148 quần chúng ưu tú, trong đó 61 người là nữ, 112 người là dân tộc "
    "thiểu số; các chi bộ bản sinh hoạt đều hằng tháng, nội dung sát với việc làm ăn của bà con, từ "
    "trồng sắn, nuôi trâu đến giữ rừng; những nơi còn khó, huyện cử cán bộ xuống cùng ăn, cùng ở, cùng làm.",
]
