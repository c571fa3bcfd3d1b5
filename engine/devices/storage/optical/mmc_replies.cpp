// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/optical/mmc_replies.h"

#include "devices/storage/ata/identify.h"

#include <algorithm>
#include <string>

namespace engine::mmc {

namespace {

constexpr std::uint32_t LargestCdSectors = 80 * 60 * 75; // 80 minutes
constexpr std::uint32_t LeadIn = 150;
constexpr unsigned LeadOutTrack = 0xaa;
constexpr unsigned DataTrack = 0x14; // ADR 1, control 4

} // namespace

ReplyBuilder& ReplyBuilder::text(const char* characters, std::size_t width)
{
    std::string padded(characters);
    padded.resize(width, ' ');
    for (const char character : padded)
        u8(static_cast<unsigned char>(character));
    return *this;
}

void ReplyBuilder::patch16(std::size_t at, unsigned value)
{
    m_bytes.at(at) = std::byte(static_cast<std::uint8_t>(value >> 8));
    m_bytes.at(at + 1) = std::byte(static_cast<std::uint8_t>(value));
}

bool Medium::isDvd() const
{
    return present && sectors > LargestCdSectors;
}

std::uint32_t toTime(std::uint32_t sector)
{
    const std::uint32_t frames = sector + LeadIn;
    return std::min(frames / (60 * 75), 255U) << 16 | frames / 75 % 60 << 8 | frames % 75;
}

std::vector<std::byte> senseReply(const Sense& sense)
{
    ReplyBuilder reply;
    reply.u8(0x70).u8(0).u8(sense.key).u32(0).u8(10).u32(0).u8(sense.code).u8(sense.qualifier).u32(0);
    return reply.take();
}

std::optional<std::vector<std::byte>> inquiryReply(std::optional<std::uint8_t> page)
{
    constexpr unsigned OpticalDevice = 0x05;
    ReplyBuilder reply;
    if (!page) {
        // Removable, SPC-3, response format 2, 31 more bytes.
        reply.u8(OpticalDevice).u8(0x80).u8(0x05).u8(0x32).u8(31).u8(0).u8(0).u8(0);
        reply.text("GUESTHSE", 8).text("DVD-ROM", 16).text(ata::FirmwareRevision.data(), 4);
        return reply.take();
    }
    switch (*page) {
    case 0x00: reply.u8(OpticalDevice).u8(0).u16(2).u8(0x00).u8(0x83); break; // supported pages
    case 0x83: // identification: vendor and model as text
        reply.u8(OpticalDevice).u8(0x83).u16(4 + 24);
        reply.u8(2).u8(1).u8(0).u8(24).text("GUESTHSE", 8).text("DVD-ROM", 16);
        break;
    default: return std::nullopt;
    }
    return reply.take();
}

std::vector<std::byte> capacityReply(const Medium& medium)
{
    ReplyBuilder reply;
    reply.u32(medium.sectors - 1).u32(SectorBytes);
    return reply.take();
}

std::optional<std::vector<std::byte>> tocReply(const Medium& medium, unsigned format, bool asTime,
                                               unsigned firstTrack)
{
    const auto address = [asTime](std::uint32_t sector) { return asTime ? toTime(sector) : sector; };
    ReplyBuilder reply;
    reply.u16(0);
    switch (format) {
    case 0:
        if (firstTrack > 1 && firstTrack != LeadOutTrack)
            return std::nullopt;
        reply.u8(1).u8(1);
        if (firstTrack <= 1)
            reply.u8(0).u8(DataTrack).u8(1).u8(0).u32(address(0));
        reply.u8(0).u8(DataTrack).u8(LeadOutTrack).u8(0).u32(address(medium.sectors));
        break;
    case 1: reply.u8(1).u8(1).u8(0).u8(DataTrack).u8(1).u8(0).u32(address(0)); break;
    case 2: // first track, last track, lead-out, track 1: always as times
        reply.u8(1).u8(1);
        reply.u8(1).u8(DataTrack).u8(0).u8(0xa0).u32(0).u8(1).u16(0);
        reply.u8(1).u8(DataTrack).u8(0).u8(0xa1).u32(0).u8(1).u16(0);
        reply.u8(1).u8(DataTrack).u8(0).u8(0xa2).u32(0).u24(toTime(medium.sectors));
        reply.u8(1).u8(DataTrack).u8(0).u8(1).u32(0).u24(toTime(0));
        break;
    default: return std::nullopt;
    }
    reply.patch16(0, static_cast<unsigned>(reply.size() - 2));
    return reply.take();
}

std::vector<std::byte> eventReply(const Medium& medium, unsigned classes, unsigned mediaEvent)
{
    constexpr unsigned MediaClass = 4;
    constexpr unsigned SupportedClasses = 1U << MediaClass;
    ReplyBuilder reply;
    if ((classes & SupportedClasses) == 0) {
        constexpr unsigned NoEventAvailable = 0x80;
        reply.u16(2).u8(NoEventAvailable).u8(SupportedClasses);
        return reply.take();
    }
    const unsigned status = (medium.present ? 2U : 0U) | (medium.trayOpen ? 1U : 0U);
    reply.u16(6).u8(MediaClass).u8(SupportedClasses).u8(mediaEvent).u8(status).u16(0);
    return reply.take();
}

std::vector<std::byte> discInformationReply(const Medium& medium)
{
    ReplyBuilder reply;
    reply.u16(32).u8(0x0e); // last session complete, disc finalized
    reply.u8(1).u8(1).u8(1).u8(1).u8(0x20).u8(0).u8(0).u8(0).u8(0);
    reply.u32(0).u32(medium.isDvd() ? 0 : 0xffff'ffff).u32(0xffff'ffff).zeros(8).u8(0).u8(0);
    return reply.take();
}

std::vector<std::byte> trackInformationReply(const Medium& medium)
{
    ReplyBuilder reply;
    reply.u16(34).u8(1).u8(1).u8(0).u8(0x04).u8(0x01).u8(0);
    reply.u32(0).u32(0).u32(0).u32(0).u32(medium.sectors).u32(0).u16(0).u16(0);
    return reply.take();
}

std::vector<std::byte> mechanismReply(const Medium& medium)
{
    ReplyBuilder reply;
    reply.u8(0).u8(medium.trayOpen ? 0x10 : 0).u24(0).u8(1).u16(0);
    return reply.take();
}

std::optional<std::vector<std::byte>> dvdStructureReply(const Medium& medium, unsigned format)
{
    ReplyBuilder reply;
    reply.u16(0).u16(0);
    switch (format) {
    case 0: // DVD-ROM book, 120 mm, one layer; data from 30000h
        reply.u8(0x01).u8(0x0f).u8(0x01).u8(0);
        reply.u32(0x03'0000).u32(0x03'0000 + medium.sectors - 1).u32(0).u8(0).zeros(2048 - 17);
        break;
    case 1: reply.u32(0); break; // no copyright protection
    case 4: reply.zeros(2048); break;
    default: return std::nullopt;
    }
    reply.patch16(0, static_cast<unsigned>(reply.size() - 2));
    return reply.take();
}

} // namespace engine::mmc
