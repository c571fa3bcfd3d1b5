// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/virtio_guest.h"

#include <cstring>

namespace engine::test {

/// The 2D part of a virtio GPU's driver; numbers and layouts from VIRTIO 1.2, 5.7.6.
class GpuGuest {
public:
    static constexpr std::uint64_t Version1 = 1ULL << 32;
    static constexpr std::uint64_t Edid = 1ULL << 1;
    static constexpr std::uint64_t Request = 0x10'0000;
    static constexpr std::uint64_t Answer = 0x18'0000;
    static constexpr std::uint32_t OkNoData = 0x1100;
    static constexpr std::uint32_t Bgrx = 2;

    explicit GpuGuest(PciTestBoard& board) : guest(board), m_board(board) {}

    void start() { guest.start(Version1 | Edid, 2, 16); }

    /// Sends numbers as one request and returns the answer's type; 0 when none comes.
    std::uint32_t send(const std::vector<std::uint32_t>& words, std::uint32_t answerBytes = 24)
    {
        m_board.storeBytes(Request, std::as_bytes(std::span(words)));
        m_board.store<std::uint32_t>(Answer, 0);
        guest.offer(0, 0,
                    {{.address = Request, .length = static_cast<std::uint32_t>(words.size() * 4)},
                     {.address = Answer, .length = answerBytes, .writable = true}});
        guest.notify(0);
        const auto used = guest.take(0);
        if (!used)
            return 0;
        lastLength = used->length;
        return answerWord(0);
    }
    [[nodiscard]] std::uint32_t answerWord(unsigned index)
    {
        return m_board.load<std::uint32_t>(Answer + 4ULL * index);
    }
    static std::vector<std::uint32_t> header(std::uint32_t type) { return {type, 0, 0, 0, 0, 0}; }
    static std::vector<std::uint32_t> with(std::uint32_t type, const std::vector<std::uint32_t>& body)
    {
        auto words = header(type);
        words.insert(words.end(), body.begin(), body.end());
        return words;
    }
    std::uint32_t create(std::uint32_t id, std::uint32_t format, std::uint32_t width, std::uint32_t height)
    {
        return send(with(0x101, {id, format, width, height}));
    }
    std::uint32_t unref(std::uint32_t id) { return send(with(0x102, {id, 0})); }
    std::uint32_t setScanout(std::uint32_t id, std::array<std::uint32_t, 4> r, std::uint32_t scanout = 0)
    {
        return send(with(0x103, {r[0], r[1], r[2], r[3], scanout, id}));
    }
    std::uint32_t flush(std::uint32_t id, std::array<std::uint32_t, 4> r)
    {
        return send(with(0x104, {r[0], r[1], r[2], r[3], id, 0}));
    }
    std::uint32_t transfer(std::uint32_t id, std::array<std::uint32_t, 4> r, std::uint64_t offset)
    {
        return send(with(0x105, {r[0], r[1], r[2], r[3], static_cast<std::uint32_t>(offset),
                                 static_cast<std::uint32_t>(offset >> 32), id, 0}));
    }
    struct Piece {
        std::uint64_t address;
        std::uint32_t length;
    };
    std::uint32_t attach(std::uint32_t id, const std::vector<Piece>& pieces)
    {
        std::vector<std::uint32_t> words = with(0x106, {id, static_cast<std::uint32_t>(pieces.size())});
        for (const Piece& piece : pieces)
            words.insert(words.end(), {static_cast<std::uint32_t>(piece.address),
                                       static_cast<std::uint32_t>(piece.address >> 32), piece.length, 0});
        return send(words);
    }
    std::uint32_t detach(std::uint32_t id) { return send(with(0x107, {id, 0})); }
    /// UPDATE_CURSOR (0x300) or MOVE_CURSOR (0x301); true when the device has taken it.
    bool cursor(std::uint32_t type, std::uint32_t id, std::uint32_t x, std::uint32_t y,
                std::uint32_t hotX = 0, std::uint32_t hotY = 0)
    {
        const auto words = with(type, {0, x, y, 0, id, hotX, hotY, 0});
        m_board.storeBytes(Request, std::as_bytes(std::span(words)));
        guest.offer(1, 0, {{.address = Request, .length = static_cast<std::uint32_t>(words.size() * 4)}});
        guest.notify(1);
        return guest.take(1).has_value();
    }
    /// A picture of one colour, backed, transferred and shown.
    void showPlain(std::uint32_t id, std::uint32_t width, std::uint32_t height, std::uint32_t colour,
                   std::uint64_t backing)
    {
        const std::vector<std::uint32_t> pixels(std::size_t{width} * height, colour);
        m_board.storeBytes(backing, std::as_bytes(std::span(pixels)));
        ASSERT_EQ(create(id, Bgrx, width, height), OkNoData);
        ASSERT_EQ(attach(id, {{backing, width * height * 4}}), OkNoData);
        ASSERT_EQ(transfer(id, {0, 0, width, height}, 0), OkNoData);
        ASSERT_EQ(setScanout(id, {0, 0, width, height}), OkNoData);
        ASSERT_EQ(flush(id, {0, 0, width, height}), OkNoData);
    }

    VirtioGuest guest;
    std::uint32_t lastLength = 0;

private:
    PciTestBoard& m_board;
};

} // namespace engine::test
