// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/nvme_controller.h"
#include "support/memory_block_backend.h"
#include "support/pci_test_board.h"

namespace engine::test {

inline constexpr std::uint64_t Bar = 0x8'0000'0000;
inline constexpr std::uint64_t MsixBar = 0xfe00'0000;
inline constexpr std::uint64_t Data = 0x10'0000;
inline constexpr std::uint64_t List = 0x8'0000;

struct Entry {
    std::uint8_t opcode = 0;
    std::uint8_t flags = 0;
    std::uint16_t id = 0;
    std::uint32_t nsid = 0;
    std::uint64_t reserved = 0;
    std::uint64_t metadata = 0;
    std::uint64_t prp1 = Data;
    std::uint64_t prp2 = 0;
    std::array<std::uint32_t, 6> dwords{}; ///< 10 to 15
};
static_assert(sizeof(Entry) == 64);

/// A driver for an NVMe controller, register offsets and structures as in NVM Express 1.4.
class Nvme : public ::testing::Test {
protected:
    explicit Nvme(BlockInfo info = {.canDiscard = true})
        : disk(std::make_shared<MemoryBlockBackend>(4 << 20, std::move(info)))
    {
        nvme = std::make_unique<NvmeController>(disk, board.memory, board.log);
        board.insert(*nvme);
        enablePci();
    }
    void enablePci()
    {
        board.configWrite(0x10, 4, 0);
        board.configWrite(0x14, 4, 8);
        board.configWrite(0x20, 4, MsixBar);
        board.configWrite(0x04, 2, 6);
    }
    [[nodiscard]] std::uint32_t reg(std::uint64_t at)
    {
        return static_cast<std::uint32_t>(board.mmioRead(Bar + at, 4));
    }
    void setReg(std::uint64_t at, std::uint32_t value) { board.mmioWrite(Bar + at, 4, value); }
    [[nodiscard]] static std::uint64_t submissionAt(unsigned queue) { return 0x2'0000 + 0x2000U * queue; }
    [[nodiscard]] static std::uint64_t completionAt(unsigned queue) { return 0x4'0000 + 0x2000U * queue; }

    bool enable(std::uint32_t entries = 16)
    {
        rings = {};
        board.storeBytes(0x2'0000, std::vector<std::byte>(0x4'0000));
        rings[0].entries = entries;
        setReg(0x24, (entries - 1) << 16 | (entries - 1));
        board.mmioWrite(Bar + 0x28, 8, submissionAt(0));
        board.mmioWrite(Bar + 0x30, 8, completionAt(0));
        setReg(0x14, 0x00460001);
        return eventually([&] { return reg(0x1c) != 0; }) && reg(0x1c) == 1;
    }
    void disable()
    {
        setReg(0x14, 0x00460000);
        EXPECT_TRUE(eventually([&] { return reg(0x1c) == 0; }));
    }
    std::uint16_t submit(unsigned queue, Entry entry)
    {
        Ring& ring = rings.at(queue);
        if (entry.id == 0)
            entry.id = ++lastId;
        board.store(submissionAt(queue) + 64U * ring.tail, entry);
        ring.tail = (ring.tail + 1) % ring.entries;
        setReg(0x1000 + 8U * queue, ring.tail);
        return entry.id;
    }
    struct Done {
        std::uint32_t result = 0;
        std::uint32_t reserved = 0;
        std::uint16_t head = 0;
        std::uint16_t queue = 0;
        std::uint16_t id = 0;
        std::uint16_t status = 0xffff; ///< with the phase
        [[nodiscard]] unsigned code() const { return status >> 1 & 0x7ffU; }
    };
    [[nodiscard]] bool hasCompletion(unsigned queue)
    {
        constexpr std::uint32_t Phase = 1 << 16;
        const GuestAddress last(completionAt(queue) + 16U * rings.at(queue).head + 12);
        const auto status = board.memory.loadAcquire<std::uint32_t>(last).value();
        return ((status & Phase) != 0) == rings.at(queue).phase;
    }
    Done take(unsigned queue)
    {
        Ring& ring = rings.at(queue);
        if (!eventually([&] { return hasCompletion(queue); }))
            return {};
        const auto done = board.load<Done>(completionAt(queue) + 16U * ring.head);
        ring.head = (ring.head + 1) % ring.entries;
        if (ring.head == 0)
            ring.phase = !ring.phase;
        setReg(0x1000 + 8U * queue + 4, ring.head);
        return done;
    }
    Done run(unsigned queue, const Entry& entry)
    {
        const auto id = submit(queue, entry);
        const Done done = take(queue);
        EXPECT_EQ(done.id, id);
        EXPECT_EQ(done.queue, queue);
        return done;
    }
    void createQueues(unsigned queue, std::uint32_t entries = 16)
    {
        rings.at(queue) = {.entries = entries};
        EXPECT_EQ(run(0, {.opcode = 5,
                          .prp1 = completionAt(queue),
                          .dwords = {(entries - 1) << 16 | queue, queue << 16 | 3}})
                      .code(),
                  0U);
        EXPECT_EQ(run(0, {.opcode = 1,
                          .prp1 = submissionAt(queue),
                          .dwords = {(entries - 1) << 16 | queue, queue << 16 | 1}})
                      .code(),
                  0U);
    }
    static Entry io(std::uint8_t opcode, std::uint32_t lba, std::uint32_t blocks)
    {
        return {.opcode = opcode, .nsid = 1, .dwords = {lba, 0, blocks - 1}};
    }
    void bringUp()
    {
        ASSERT_TRUE(enable());
        createQueues(1);
    }

    struct Ring {
        std::uint32_t entries = 0;
        std::uint32_t tail = 0;
        std::uint32_t head = 0;
        bool phase = true;
    };
    PciTestBoard board;
    std::shared_ptr<MemoryBlockBackend> disk;
    std::unique_ptr<NvmeController> nvme;
    std::array<Ring, 17> rings{};
    std::uint16_t lastId = 100;
};

} // namespace engine::test
