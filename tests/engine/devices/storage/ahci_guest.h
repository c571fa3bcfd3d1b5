// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/ahci_controller.h"
#include "support/memory_block_backend.h"
#include "support/pci_test_board.h"

namespace engine::test {

/// A driver for one AHCI port, register numbers as in AHCI 1.3.1 chapter 3.
class AhciGuest {
public:
    static constexpr std::uint64_t Abar = 0xfebf'1000;
    static constexpr std::uint64_t ListBase = 0x1'0000;
    static constexpr std::uint64_t FisBase = 0x2'0000;
    static constexpr std::uint64_t TableBase = 0x3'0000;
    static constexpr std::uint64_t Buffer = 0x10'0000;
    static constexpr std::uint32_t PxIS = 0x10;
    static constexpr std::uint32_t PxIE = 0x14;
    static constexpr std::uint32_t PxCMD = 0x18;
    static constexpr std::uint32_t PxTFD = 0x20;
    static constexpr std::uint32_t PxSIG = 0x24;
    static constexpr std::uint32_t PxSSTS = 0x28;
    static constexpr std::uint32_t PxSCTL = 0x2c;
    static constexpr std::uint32_t PxSERR = 0x30;
    static constexpr std::uint32_t PxSACT = 0x34;
    static constexpr std::uint32_t PxCI = 0x38;

    AhciGuest(PciTestBoard& board, unsigned port) : m_board(board), m_port(port) {}

    void enablePci() const
    {
        m_board.configWrite(0x24, 4, Abar);
        m_board.configWrite(0x20, 4, 0xc040);
        m_board.configWrite(0x04, 2, 0x107);
    }
    [[nodiscard]] std::uint32_t global(std::uint32_t offset) const
    {
        return static_cast<std::uint32_t>(m_board.mmioRead(Abar + offset, 4));
    }
    void setGlobal(std::uint32_t offset, std::uint32_t value) const
    {
        m_board.mmioWrite(Abar + offset, 4, value);
    }
    [[nodiscard]] std::uint32_t reg(std::uint32_t offset) const
    {
        return global(0x100 + 0x80 * m_port + offset);
    }
    void setReg(std::uint32_t offset, std::uint32_t value) const
    {
        setGlobal(0x100 + 0x80 * m_port + offset, value);
    }

    /// Command list, FIS area, FIS receive, start.
    void start() const
    {
        setReg(0x00, ListBase + 0x400 * m_port);
        setReg(0x04, 0);
        setReg(0x08, FisBase + 0x100 * m_port);
        setReg(0x0c, 0);
        setReg(PxSERR, ~0U);
        setReg(PxCMD, 0x16);
        setReg(PxCMD, 0x17);
        setReg(PxIS, ~0U);
    }
    struct Spec {
        std::uint8_t command = 0;
        std::uint64_t lba = 0;
        std::uint16_t count = 0;
        std::uint16_t features = 0;
        std::uint8_t device = 0x40;
        std::uint64_t buffer = Buffer;
        std::uint32_t bytes = 0;
        bool write = false;
        std::vector<std::uint8_t> packet;
        unsigned pieces = 1; ///< region descriptors
        bool control = false;
        std::uint8_t controlValue = 0;
    };
    [[nodiscard]] std::uint64_t table(unsigned slot) const { return TableBase + 0x1000 * slot; }
    [[nodiscard]] std::uint64_t header(unsigned slot) const { return ListBase + 0x400 * m_port + 32 * slot; }
    [[nodiscard]] std::uint64_t fis(std::uint32_t offset) const { return FisBase + 0x100 * m_port + offset; }

    void prepare(unsigned slot, const Spec& spec) const
    {
        const std::uint32_t regions = spec.bytes == 0 ? 0 : spec.pieces;
        m_board.store<std::uint32_t>(header(slot), 5U | (spec.packet.empty() ? 0U : 0x20U)
                                                       | (spec.write ? 0x40U : 0U) | regions << 16);
        m_board.store<std::uint32_t>(header(slot) + 4, 0);
        m_board.store<std::uint64_t>(header(slot) + 8, table(slot));
        std::array<std::uint8_t, 20> bytes{0x27, static_cast<std::uint8_t>(spec.control ? 0 : 0x80),
                                           spec.command};
        const auto low = [](std::uint64_t value) { return static_cast<std::uint8_t>(value); };
        bytes[3] = low(spec.features);
        bytes[11] = low(spec.features >> 8U);
        for (unsigned i = 0; i < 3; ++i) {
            bytes.at(4 + i) = low(spec.lba >> (8 * i));
            bytes.at(8 + i) = low(spec.lba >> (24 + 8 * i));
        }
        bytes[7] = spec.device;
        bytes[12] = low(spec.count);
        bytes[13] = low(spec.count >> 8U);
        bytes[15] = spec.controlValue;
        m_board.store(table(slot), bytes);
        std::array<std::uint8_t, 16> packet{};
        std::ranges::copy(spec.packet, packet.begin());
        m_board.store(table(slot) + 0x40, packet);
        for (unsigned i = 0; i < regions; ++i) {
            const std::uint32_t piece = spec.bytes / spec.pieces;
            m_board.store<std::uint64_t>(table(slot) + 0x80 + 16 * i, spec.buffer + std::uint64_t{i} * piece);
            m_board.store<std::uint32_t>(table(slot) + 0x88 + 16 * i, 0);
            m_board.store<std::uint32_t>(table(slot) + 0x8c + 16 * i, piece - 1);
        }
    }
    /// Runs one command to its end: PxIS at that moment.
    std::uint32_t run(const Spec& spec, unsigned slot = 0) const
    {
        setReg(PxIS, ~0U);
        prepare(slot, spec);
        setReg(PxCI, 1U << slot);
        EXPECT_TRUE(eventually([&] { return reg(PxIS) != 0; })) << "command " << int(spec.command);
        return reg(PxIS);
    }
    std::uint32_t packet(std::vector<std::uint8_t> bytes, std::uint32_t transfer) const
    {
        return run({.command = 0xa0, .features = 1, .bytes = transfer, .packet = std::move(bytes)});
    }
    /// Error recovery of AHCI 1.3.1, 6.2.2.1.
    void recover() const
    {
        setReg(PxCMD, 0x16);
        EXPECT_TRUE(eventually([&] { return (reg(PxCMD) & 0x8000) == 0; }));
        setReg(PxSERR, ~0U);
        setReg(PxIS, ~0U);
        setReg(PxCMD, 0x17);
    }
    [[nodiscard]] std::uint8_t byte(std::uint64_t offset) const
    {
        return m_board.load<std::uint8_t>(Buffer + offset);
    }

private:
    PciTestBoard& m_board;
    unsigned m_port;
};

} // namespace engine::test
