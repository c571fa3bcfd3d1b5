// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// What a CD/DVD drive answers (MMC-6, SPC-4): pure functions from parameters to bytes.
namespace engine::mmc {

inline constexpr std::uint32_t SectorBytes = 2048;

/// Big-endian bytes under construction.
class ReplyBuilder {
public:
    ReplyBuilder& u8(unsigned value)
    {
        m_bytes.push_back(std::byte(static_cast<std::uint8_t>(value)));
        return *this;
    }
    ReplyBuilder& u16(unsigned value) { return u8(value >> 8).u8(value); }
    ReplyBuilder& u24(unsigned value) { return u8(value >> 16).u16(value); }
    ReplyBuilder& u32(std::uint32_t value) { return u16(value >> 16).u16(value); }
    ReplyBuilder& zeros(std::size_t count)
    {
        m_bytes.insert(m_bytes.end(), count, std::byte{0});
        return *this;
    }
    /// `width` characters, padded with spaces.
    ReplyBuilder& text(const char* characters, std::size_t width);
    void patch16(std::size_t at, unsigned value);
    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    [[nodiscard]] std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

/// SCSI sense data (SPC-4, 4.5): key, additional code and qualifier.
struct Sense {
    std::uint8_t key = 0;
    std::uint8_t code = 0;
    std::uint8_t qualifier = 0;
    bool operator==(const Sense&) const = default;
};
inline constexpr Sense NoSense{};
inline constexpr Sense NoMediumTrayClosed{.key = 2, .code = 0x3a, .qualifier = 1};
inline constexpr Sense NoMediumTrayOpen{.key = 2, .code = 0x3a, .qualifier = 2};
inline constexpr Sense UnrecoveredRead{.key = 3, .code = 0x11, .qualifier = 0};
inline constexpr Sense InvalidCommand{.key = 5, .code = 0x20, .qualifier = 0};
inline constexpr Sense AddressOutOfRange{.key = 5, .code = 0x21, .qualifier = 0};
inline constexpr Sense InvalidField{.key = 5, .code = 0x24, .qualifier = 0};
inline constexpr Sense SavingNotSupported{.key = 5, .code = 0x39, .qualifier = 0};
inline constexpr Sense RemovalPrevented{.key = 5, .code = 0x53, .qualifier = 2};
inline constexpr Sense MediumChanged{.key = 6, .code = 0x28, .qualifier = 0};
inline constexpr Sense PowerOnReset{.key = 6, .code = 0x29, .qualifier = 0};

/// What is in the drive, as the replies need it.
struct Medium {
    bool present = false;
    std::uint32_t sectors = 0;
    bool trayOpen = false;
    bool locked = false;
    [[nodiscard]] bool isDvd() const;
};

[[nodiscard]] std::vector<std::byte> senseReply(const Sense& sense);
/// `page` for vital product data; nullopt for an unknown page.
[[nodiscard]] std::optional<std::vector<std::byte>> inquiryReply(std::optional<std::uint8_t> page);
[[nodiscard]] std::vector<std::byte> capacityReply(const Medium& medium);
/// Formats 0 (tracks), 1 (session) and 2 (full); nullopt for others or an unknown track.
[[nodiscard]] std::optional<std::vector<std::byte>> tocReply(const Medium& medium, unsigned format,
                                                             bool asTime, unsigned firstTrack);
[[nodiscard]] std::vector<std::byte> configurationReply(const Medium& medium, unsigned requestType,
                                                        unsigned firstFeature);
/// Event status: `mediaEvent` is the code of MMC-6, table 319; classes not asked for are not told.
[[nodiscard]] std::vector<std::byte> eventReply(const Medium& medium, unsigned classes, unsigned mediaEvent);
/// nullopt for an unknown page. `longHeader`: MODE SENSE(10).
[[nodiscard]] std::optional<std::vector<std::byte>> modeReply(const Medium& medium, unsigned page,
                                                              bool longHeader);
[[nodiscard]] std::vector<std::byte> discInformationReply(const Medium& medium);
[[nodiscard]] std::vector<std::byte> trackInformationReply(const Medium& medium);
[[nodiscard]] std::vector<std::byte> mechanismReply(const Medium& medium);
/// Formats 0 (physical), 1 (copyright) and 4 (manufacturer) of a DVD; nullopt for others.
[[nodiscard]] std::optional<std::vector<std::byte>> dvdStructureReply(const Medium& medium, unsigned format);
/// Minutes, seconds and frames of a sector, with the two seconds of lead-in.
[[nodiscard]] std::uint32_t toTime(std::uint32_t sector);

} // namespace engine::mmc
