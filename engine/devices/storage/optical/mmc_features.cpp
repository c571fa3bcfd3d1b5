// SPDX-License-Identifier: GPL-3.0-or-later
// GET CONFIGURATION (MMC-6, 5.2 and 6.6) and MODE SENSE (MMC-6, 7).
#include "devices/storage/optical/mmc_replies.h"

namespace engine::mmc {

namespace {

constexpr unsigned ProfileNone = 0x0000;
constexpr unsigned ProfileCd = 0x0008;
constexpr unsigned ProfileDvd = 0x0010;
constexpr unsigned Persistent = 2;
constexpr unsigned Current = 1;

struct Feature {
    unsigned code;
    bool current;
    std::vector<std::byte> bytes;
};

Feature feature(unsigned code, unsigned version, bool persistent, bool current, ReplyBuilder data)
{
    auto payload = data.take();
    ReplyBuilder reply;
    reply.u16(code).u8(version << 2 | (persistent ? Persistent : 0) | (current ? Current : 0));
    reply.u8(static_cast<unsigned>(payload.size()));
    auto bytes = reply.take();
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return {.code = code, .current = current, .bytes = std::move(bytes)};
}

std::vector<Feature> features(const Medium& medium)
{
    const bool dvd = medium.isDvd();
    const bool cd = medium.present && !dvd;
    std::vector<Feature> all;
    all.push_back(
        feature(0x0000, 0, true, true,
                ReplyBuilder().u16(ProfileDvd).u8(dvd ? 1 : 0).u8(0).u16(ProfileCd).u8(cd ? 1 : 0).u8(0)));
    all.push_back(feature(0x0001, 2, true, true, ReplyBuilder().u32(8).u8(1).u24(0))); // core: serial ATA
    all.push_back(feature(0x0002, 1, true, true, ReplyBuilder().u8(2).u24(0)));        // morphing, by event
    all.push_back(feature(0x0003, 1, true, true, ReplyBuilder().u8(0x29).u24(0)));     // tray, eject, lock
    all.push_back(feature(0x0010, 0, false, medium.present,
                          ReplyBuilder().u32(SectorBytes).u16(16).u8(1).u8(0))); // random readable
    all.push_back(feature(0x001d, 0, true, true, {}));                           // multi-read
    all.push_back(feature(0x001e, 2, false, cd, ReplyBuilder().u32(0)));
    all.push_back(feature(0x001f, 1, false, dvd, ReplyBuilder().u32(0)));
    all.push_back(feature(0x0100, 0, true, true, {}));                    // power management
    all.push_back(feature(0x0105, 1, true, true, ReplyBuilder().u32(0))); // timeout
    return all;
}

void appendErrorRecovery(ReplyBuilder& reply)
{
    reply.u8(0x01).u8(0x0a).u8(0).u8(5).zeros(8);
}

void appendPower(ReplyBuilder& reply)
{
    reply.u8(0x1a).u8(0x0a).zeros(10);
}

void appendCapabilities(ReplyBuilder& reply, const Medium& medium)
{
    constexpr unsigned SpeedKilobytes = 706 * 16;
    reply.u8(0x2a).u8(0x12);
    reply.u8(0x3b).u8(0);                        // reads CD-R, CD-RW, DVD-ROM, DVD-R; writes nothing
    reply.u8(0x70).u8(0);                        // mode 2 forms, multi-session
    reply.u8(medium.locked ? 0x2b : 0x29).u8(0); // tray, eject, lockable, locked
    reply.u16(SpeedKilobytes).u16(2).u16(512).u16(SpeedKilobytes).u16(0).u16(0);
}

} // namespace

std::vector<std::byte> configurationReply(const Medium& medium, unsigned requestType, unsigned firstFeature)
{
    constexpr unsigned CurrentOnly = 1;
    constexpr unsigned OneOnly = 2;
    std::vector<std::byte> body;
    for (const Feature& each : features(medium)) {
        const bool wanted = requestType == OneOnly ? each.code == firstFeature : each.code >= firstFeature;
        if (wanted && (requestType != CurrentOnly || each.current))
            body.insert(body.end(), each.bytes.begin(), each.bytes.end());
    }
    ReplyBuilder header;
    header.u32(static_cast<std::uint32_t>(body.size() + 4)).u16(0);
    header.u16(!medium.present ? ProfileNone : medium.isDvd() ? ProfileDvd : ProfileCd);
    auto reply = header.take();
    reply.insert(reply.end(), body.begin(), body.end());
    return reply;
}

std::optional<std::vector<std::byte>> modeReply(const Medium& medium, unsigned page, bool longHeader)
{
    constexpr unsigned AllPages = 0x3f;
    ReplyBuilder reply;
    const unsigned mediumType = !medium.present ? 0x70 : 0x01;
    if (longHeader)
        reply.u16(0).u8(mediumType).zeros(5);
    else
        reply.u8(0).u8(mediumType).zeros(2);
    if (page == 0x01 || page == AllPages)
        appendErrorRecovery(reply);
    if (page == 0x1a || page == AllPages)
        appendPower(reply);
    if (page == 0x2a || page == AllPages)
        appendCapabilities(reply, medium);
    const std::size_t header = longHeader ? 8 : 4;
    if (reply.size() == header)
        return std::nullopt;
    const auto length = static_cast<unsigned>(reply.size());
    if (longHeader) {
        reply.patch16(0, length - 2);
        return reply.take();
    }
    auto bytes = reply.take();
    bytes.front() = std::byte(static_cast<std::uint8_t>(length - 1));
    return bytes;
}

} // namespace engine::mmc
