// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's pointer plane and scrolled rows as viewers of different skill get them.
#include "engine/display/rfb/server_fixture.h"

namespace engine::display::test {
namespace {

constexpr std::int32_t Raw = 0;
constexpr std::int32_t CopyRect = 1;
constexpr std::int32_t PointerPosition = -232;
constexpr std::int32_t Cursor = -239;

std::shared_ptr<const CursorShape> redSquare()
{
    return std::make_shared<CursorShape>(CursorShape{.width = 2,
                                                     .height = 2,
                                                     .hotspotX = 1,
                                                     .hotspotY = 1,
                                                     .pixels = std::vector<std::uint32_t>(4, 0xffff0000)});
}

class RfbPointerAndScroll : public RfbServerFixture {
protected:
    /// The next update's single raw rectangle, as little-endian 0x00RRGGBB.
    static std::vector<std::uint32_t> readRaw(ScriptedViewer& viewer, ScriptedViewer::RectHeader& rect)
    {
        EXPECT_EQ(viewer.readUpdateHeader(), 1U);
        rect = viewer.readRect();
        EXPECT_EQ(rect.encoding, Raw);
        const std::string bytes = viewer.read(std::size_t{rect.width} * rect.height * 4);
        std::vector<std::uint32_t> pixels(bytes.size() / 4);
        std::memcpy(pixels.data(), bytes.data(), pixels.size() * 4);
        return pixels;
    }
};

TEST_F(RfbPointerAndScroll, AViewerWithoutPointersSeesItInThePicture)
{
    m_screen.setCursor(redSquare());
    m_screen.movePointer({.x = 10, .y = 20});
    startServer();
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({Raw});
    viewer.requestUpdate(false, 64, 48);
    ScriptedViewer::RectHeader rect;
    auto pixels = readRaw(viewer, rect);
    ASSERT_EQ(pixels.size(), 64U * 48);
    EXPECT_EQ(pixels[20 * 64 + 10] & 0xffffff, 0xff0000U);
    EXPECT_EQ(pixels[21 * 64 + 11] & 0xffffff, 0xff0000U);
    EXPECT_NE(pixels[22 * 64 + 12] & 0xffffff, 0xff0000U);
    // It leaves nothing behind when it moves, half out of the screen.
    m_screen.movePointer({.x = -1, .y = 47});
    ASSERT_EQ(m_screen.pointerPosition().x, -1);
    viewer.requestUpdate(true, 64, 48);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> seen;
    const auto count = viewer.readUpdateHeader();
    ASSERT_EQ(count, 2U);
    for (std::uint32_t i = 0; i < *count; ++i) {
        const auto part = viewer.readRect();
        for (std::uint32_t y = 0; y < part.height; ++y)
            for (std::uint32_t x = 0; x < part.width; ++x) {
                std::uint32_t pixel = 0;
                std::memcpy(&pixel, viewer.read(4).data(), 4);
                seen[{part.x + x, part.y + y}] = pixel & 0xffffff;
            }
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_NE(seen.at({10, 20}), 0xff0000U);
    EXPECT_EQ(seen.at({0, 47}), 0xff0000U);
}

TEST_F(RfbPointerAndScroll, AViewerWithPointersGetsTheImageAndItsPlace)
{
    startServer();
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({Raw, Cursor, PointerPosition});
    viewer.requestUpdate(false, 64, 48);
    ScriptedViewer::RectHeader rect;
    (void)readRaw(viewer, rect);
    viewer.requestUpdate(true, 64, 48);
    m_screen.setCursor(redSquare());
    ASSERT_EQ(viewer.readUpdateHeader(), 1U);
    rect = viewer.readRect();
    EXPECT_EQ(rect.encoding, Cursor);
    EXPECT_EQ(rect.x, 1U);
    EXPECT_EQ(rect.width, 2U);
    viewer.read(2 * 2 * 4 + 2);
    viewer.requestUpdate(true, 64, 48);
    m_screen.movePointer({.x = 30, .y = -20});
    ASSERT_EQ(viewer.readUpdateHeader(), 1U);
    EXPECT_EQ(viewer.readRect(), (ScriptedViewer::RectHeader{31, 0, 0, 0, PointerPosition}));
    // A plane that goes away takes the image with it.
    viewer.requestUpdate(true, 64, 48);
    m_screen.setCursor(nullptr);
    ASSERT_EQ(viewer.readUpdateHeader(), 1U);
    EXPECT_EQ(viewer.readRect(), (ScriptedViewer::RectHeader{0, 0, 0, 0, Cursor}));
}

TEST_F(RfbPointerAndScroll, ScrolledRowsTravelAsOneCopy)
{
    startServer();
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({CopyRect, Raw});
    viewer.requestUpdate(false, 64, 48);
    ScriptedViewer::RectHeader rect;
    (void)readRaw(viewer, rect);
    viewer.requestUpdate(true, 64, 48);
    ASSERT_TRUE(viewer.isSilentFor(100)) << "the request is there before the move";
    // On the server's loop, so that it cannot answer between the move and the damage.
    m_loop->runAndWait(
        [&] { m_screen.scroll({.from = 16, .to = 0, .rows = 32}, {.y = 32, .width = 64, .height = 16}); });
    ASSERT_EQ(viewer.readUpdateHeader(), 2U);
    EXPECT_EQ(viewer.readRect(), (ScriptedViewer::RectHeader{0, 0, 64, 32, CopyRect}));
    EXPECT_EQ(viewer.readNumber(2), 0U);
    EXPECT_EQ(viewer.readNumber(2), 16U);
    EXPECT_EQ(viewer.readRect(), (ScriptedViewer::RectHeader{0, 32, 64, 16, Raw}));
    viewer.read(64 * 16 * 4);
    // A viewer that has not seen everything before the move gets pixels.
    m_screen.damage({.x = 0, .y = 20, .width = 4, .height = 4});
    m_screen.scroll({.from = 16, .to = 0, .rows = 32}, {.y = 32, .width = 64, .height = 16});
    ASSERT_TRUE(viewer.isSilentFor(100)) << "nothing was asked for";
    viewer.requestUpdate(true, 64, 48);
    const auto count = viewer.readUpdateHeader();
    ASSERT_TRUE(count);
    std::uint64_t area = 0;
    for (std::uint32_t i = 0; i < *count; ++i) {
        rect = viewer.readRect();
        EXPECT_EQ(rect.encoding, Raw);
        area += std::uint64_t{rect.width} * rect.height;
        viewer.read(std::size_t{rect.width} * rect.height * 4);
    }
    EXPECT_GE(area, 64U * 48);
}

TEST_F(RfbPointerAndScroll, AViewerWithoutCopiesGetsPixels)
{
    startServer();
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({Raw});
    viewer.requestUpdate(false, 64, 48);
    ScriptedViewer::RectHeader rect;
    (void)readRaw(viewer, rect);
    viewer.requestUpdate(true, 64, 48);
    m_screen.scroll({.from = 16, .to = 0, .rows = 32}, {.y = 32, .width = 64, .height = 16});
    EXPECT_EQ(readRaw(viewer, rect).size(), 64U * 48) << "both parts join to the whole screen";
}

} // namespace
} // namespace engine::display::test
