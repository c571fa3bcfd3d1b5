// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/edid.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>

namespace engine::display {

namespace {

using Block = std::array<std::uint8_t, EdidBytes>;

/// One video mode with blanking, in pixels and lines (EDID 1.4, 3.10.2).
struct DetailedTiming {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t horizontalBlank = 160; // CVT reduced blanking
    std::uint32_t horizontalSyncOffset = 48;
    std::uint32_t horizontalSyncWidth = 32;
    std::uint32_t verticalBlank = 0;
    std::uint32_t verticalSyncOffset = 3;
    std::uint32_t verticalSyncWidth = 6;
    std::uint32_t clock10Khz = 0;
};

constexpr std::uint32_t MaxClock10Khz = 65535;

std::uint8_t low(std::uint32_t value)
{
    return static_cast<std::uint8_t>(value & 0xff);
}

DetailedTiming timingFor(const EdidDescription& d)
{
    DetailedTiming timing{.width = d.preferredWidth, .height = d.preferredHeight};
    // At least 460 us of vertical blanking, as CVT asks for.
    const double linesPerSecond = d.preferredHeight / (1.0 / d.refreshHertz - 460e-6);
    timing.verticalBlank =
        std::clamp<std::uint32_t>(static_cast<std::uint32_t>(std::ceil(460e-6 * linesPerSecond)), 12, 255);
    const std::uint64_t dots =
        std::uint64_t{timing.width + timing.horizontalBlank} * (timing.height + timing.verticalBlank);
    timing.clock10Khz =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(dots * d.refreshHertz / 10'000, MaxClock10Khz));
    return timing;
}

std::uint32_t millimetres(std::uint32_t pixels, std::uint32_t dotsPerInch)
{
    return std::min<std::uint32_t>(pixels * 254 / (dotsPerInch * 10), 4095);
}

void writeDetailedTiming(std::span<std::uint8_t> at, const DetailedTiming& t, const EdidDescription& d)
{
    const std::uint32_t widthMm = millimetres(t.width, d.dotsPerInch);
    const std::uint32_t heightMm = millimetres(t.height, d.dotsPerInch);
    at[0] = low(t.clock10Khz);
    at[1] = low(t.clock10Khz >> 8);
    at[2] = low(t.width);
    at[3] = low(t.horizontalBlank);
    at[4] = low(t.width >> 8 << 4 | t.horizontalBlank >> 8);
    at[5] = low(t.height);
    at[6] = low(t.verticalBlank);
    at[7] = low(t.height >> 8 << 4 | t.verticalBlank >> 8);
    at[8] = low(t.horizontalSyncOffset);
    at[9] = low(t.horizontalSyncWidth);
    at[10] = low((t.verticalSyncOffset & 15) << 4 | (t.verticalSyncWidth & 15));
    at[11] = low((t.horizontalSyncOffset >> 8 & 3) << 6 | (t.horizontalSyncWidth >> 8 & 3) << 4
                 | (t.verticalSyncOffset >> 4 & 3) << 2 | (t.verticalSyncWidth >> 4 & 3));
    at[12] = low(widthMm);
    at[13] = low(heightMm);
    at[14] = low(widthMm >> 8 << 4 | heightMm >> 8);
    at[17] = 0x1a; // digital separate sync, horizontal positive (reduced blanking)
}

/// A descriptor with 13 characters of text (EDID 1.4, 3.10.3.4).
void writeTextDescriptor(std::span<std::uint8_t> at, std::uint8_t tag, std::string_view text)
{
    at[3] = tag;
    std::ranges::fill(at.subspan(5, 13), std::uint8_t{' '});
    const auto kept = text.substr(0, 13);
    for (std::size_t i = 0; i < kept.size(); ++i)
        at[5 + i] = static_cast<std::uint8_t>(kept[i] >= ' ' && kept[i] <= '~' ? kept[i] : '?');
    if (kept.size() < 13)
        at[5 + kept.size()] = '\n';
}

void writeRangeLimits(std::span<std::uint8_t> at, std::uint32_t clock10Khz)
{
    at[3] = 0xfd;
    at[5] = 30;                                                                 // Hz
    at[6] = 125;                                                                // Hz
    at[7] = 15;                                                                 // kHz
    at[8] = 255;                                                                // kHz
    at[9] = low(std::clamp<std::uint32_t>((clock10Khz + 999) / 1000, 16, 255)); // 10 MHz
    at[10] = 0x01;                                                              // range limits only
    at[11] = '\n';
    std::ranges::fill(at.subspan(12, 6), std::uint8_t{' '});
}

/// Two bytes of a standard timing at 60 Hz; nullopt when the aspect ratio has no code.
std::optional<std::array<std::uint8_t, 2>> standardTiming(std::uint32_t width, std::uint32_t height)
{
    std::uint8_t aspect = 0;
    if (width * 10 == height * 16)
        aspect = 0;
    else if (width * 3 == height * 4)
        aspect = 1;
    else if (width * 4 == height * 5)
        aspect = 2;
    else if (width * 9 == height * 16)
        aspect = 3;
    else
        return std::nullopt;
    return std::array{low(width / 8 - 31), low(std::uint32_t{aspect} << 6)};
}

void writeCommonModes(Block& block, const EdidDescription& d)
{
    const auto fits = [&](std::uint32_t w, std::uint32_t h) {
        return w <= d.preferredWidth && h <= d.preferredHeight;
    };
    block[35] = low((fits(640, 480) ? 0x20U : 0U) | (fits(800, 600) ? 0x01U : 0U));
    block[36] = low(fits(1024, 768) ? 0x08U : 0U);
    struct Size {
        std::uint32_t width, height;
    };
    constexpr std::array<Size, 9> Candidates{{{2048, 1152},
                                              {1920, 1200},
                                              {1920, 1080},
                                              {1600, 1200},
                                              {1680, 1050},
                                              {1440, 900},
                                              {1280, 1024},
                                              {1280, 960},
                                              {1280, 800}}};
    std::size_t at = 38;
    for (const Size& size : Candidates)
        if (const auto code = standardTiming(size.width, size.height);
            code && fits(size.width, size.height) && at < 54) {
            block[at++] = (*code)[0];
            block[at++] = (*code)[1];
        }
    while (at < 54)
        block[at++] = 0x01; // unused
}

EdidDescription clamped(EdidDescription d)
{
    d.preferredWidth = std::clamp<std::uint32_t>(d.preferredWidth, 64, 4088);
    if (d.wholeCharacters)
        d.preferredWidth = d.preferredWidth / 8 * 8;
    d.preferredHeight = std::clamp<std::uint32_t>(d.preferredHeight, 64, 4095);
    d.refreshHertz = std::clamp<std::uint32_t>(d.refreshHertz, 30, 120);
    d.dotsPerInch = std::clamp<std::uint32_t>(d.dotsPerInch, 40, 600);
    return d;
}

} // namespace

std::array<std::byte, EdidBytes> buildEdid(const EdidDescription& description)
{
    const EdidDescription d = clamped(description);
    const DetailedTiming timing = timingFor(d);
    Block block{};
    std::fill_n(block.begin() + 1, 6, std::uint8_t{0xff}); // header
    // Manufacturer "GHV", three letters of five bits, big endian (3.4.1).
    constexpr std::uint32_t Manufacturer = ('G' - '@') << 10 | ('H' - '@') << 5 | ('V' - '@');
    block[8] = low(Manufacturer >> 8);
    block[9] = low(Manufacturer);
    block[10] = 0x01; // product code
    block[17] = 34;   // year of the model, minus 1990
    block[16] = 0xff; // the year is the model's
    block[18] = 1;    // version
    block[19] = 4;    // revision
    block[20] = 0xa5; // digital, 8 bits per colour, DisplayPort
    block[21] = low(std::clamp<std::uint32_t>(millimetres(d.preferredWidth, d.dotsPerInch) / 10, 1, 255));
    block[22] = low(std::clamp<std::uint32_t>(millimetres(d.preferredHeight, d.dotsPerInch) / 10, 1, 255));
    block[23] = 120;  // gamma 2.2
    block[24] = 0x06; // sRGB is the default; the first detailed timing is the native mode
    constexpr std::array<std::uint8_t, 10> SrgbChromaticity{0xee, 0x91, 0xa3, 0x54, 0x4c,
                                                            0x99, 0x26, 0x0f, 0x50, 0x54};
    std::ranges::copy(SrgbChromaticity, block.begin() + 25);
    writeCommonModes(block, d);

    const std::span descriptors(block);
    writeDetailedTiming(descriptors.subspan(54, 18), timing, d);
    writeRangeLimits(descriptors.subspan(72, 18), timing.clock10Khz);
    writeTextDescriptor(descriptors.subspan(90, 18), 0xfc, d.monitorName);
    writeTextDescriptor(descriptors.subspan(108, 18), 0xfe, "virtual");
    std::uint8_t sum = 0;
    for (const std::uint8_t byte : block)
        sum = static_cast<std::uint8_t>(sum + byte);
    block[127] = static_cast<std::uint8_t>(0x100 - sum);

    std::array<std::byte, EdidBytes> out{};
    std::ranges::transform(block, out.begin(), [](std::uint8_t value) { return std::byte{value}; });
    return out;
}

} // namespace engine::display
