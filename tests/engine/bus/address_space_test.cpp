// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/address_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace engine {
namespace {

constexpr std::uint64_t Page = 4096;

/// Answers with one byte value; counts writes.
class Pattern final : public BusDevice {
public:
    explicit Pattern(std::uint8_t value) : m_value(value) {}
    void read(std::uint64_t /*offset*/, std::span<std::byte> data) override
    {
        std::ranges::fill(data, std::byte{m_value});
    }
    void write(std::uint64_t /*offset*/, std::span<const std::byte> data) override { written += data.size(); }
    std::size_t written = 0;

private:
    std::uint8_t m_value;
};

/// Remembers the slots as a hypervisor would have them.
class RecordingSink final : public MemorySlotSink {
public:
    Result<> addSlot(const MemorySlotSpec& slot) override
    {
        for (const MemorySlotSpec& other : slots)
            if (slot.base.raw() < other.base.raw() + other.length
                && other.base.raw() < slot.base.raw() + slot.length)
                overlapped = true;
        slots.push_back(slot);
        ++added;
        return {};
    }
    void removeSlot(const MemorySlotSpec& slot) override { std::erase(slots, slot); }
    void collectDirty(const MemorySlotSpec& /*slot*/, std::span<std::uint64_t> bitmap) override
    {
        bitmap[0] |= 2; // the hypervisor saw a write to page 1
    }
    std::vector<MemorySlotSpec> slots;
    unsigned added = 0;
    bool overlapped = false;
};

std::shared_ptr<HostBlock> filledBlock(std::uint64_t pages, std::uint8_t value)
{
    auto block = HostBlock::create("test", pages * Page).value();
    EXPECT_TRUE(block->write(0, std::vector(pages * Page, std::byte{value})));
    return block;
}

std::uint8_t byteAt(const AddressSpace& space, std::uint64_t address)
{
    std::array<std::byte, 1> data{};
    space.read(GuestAddress(address), data);
    return std::to_integer<std::uint8_t>(data[0]);
}

void put(AddressSpace& space, std::uint64_t address, std::uint8_t value)
{
    space.write(GuestAddress(address), std::array{std::byte{value}});
}

TEST(AddressSpace, HigherPriorityWinsAndComesBackOff)
{
    AddressSpace space;
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = 4 * Page, .block = filledBlock(4, 1)}));
    const auto upper = space.map(
        {.base = GuestAddress(Page), .length = 2 * Page, .block = filledBlock(2, 2), .priority = 1});
    ASSERT_TRUE(upper);
    EXPECT_EQ(byteAt(space, Page - 1), 1);
    EXPECT_EQ(byteAt(space, Page), 2);
    EXPECT_EQ(byteAt(space, 3 * Page - 1), 2);
    EXPECT_EQ(byteAt(space, 3 * Page), 1);
    EXPECT_EQ(space.slots().size(), 3U);
    space.unmap(*upper);
    EXPECT_EQ(byteAt(space, Page), 1);
    EXPECT_EQ(space.slots().size(), 1U);
}

TEST(AddressSpace, EqualPriorityTheNewestWins)
{
    AddressSpace space;
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 1)}));
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 2)}));
    EXPECT_EQ(byteAt(space, 0), 2);
}

TEST(AddressSpace, HolesLetMmioAnswer)
{
    AddressSpace space;
    Pattern device(0x77);
    ASSERT_TRUE(space.mmio().insert({.base = 0, .length = 4 * Page}, device));
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = 4 * Page, .block = filledBlock(4, 1)}));
    EXPECT_EQ(byteAt(space, Page), 1) << "memory comes first";
    ASSERT_TRUE(space.map({.base = GuestAddress(Page), .length = Page, .block = nullptr, .priority = 1}));
    EXPECT_EQ(byteAt(space, Page), 0x77);
    EXPECT_EQ(byteAt(space, 2 * Page), 1);
}

TEST(AddressSpace, WritesToReadOnlyMemoryGoToMmio)
{
    AddressSpace space;
    Pattern device(0x77);
    ASSERT_TRUE(space.mmio().insert({.base = 0, .length = Page}, device));
    ASSERT_TRUE(space.map({.base = GuestAddress(0),
                           .length = Page,
                           .block = filledBlock(1, 9),
                           .access = MemoryAccess::ReadOnly}));
    put(space, 8, 1);
    EXPECT_EQ(byteAt(space, 8), 9);
    EXPECT_EQ(device.written, 1U);
}

TEST(AddressSpace, AccessesAcrossPiecesAreAnsweredByEachOwner)
{
    AddressSpace space;
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 1)}));
    ASSERT_TRUE(space.map({.base = GuestAddress(Page), .length = Page, .block = filledBlock(1, 2)}));
    std::array<std::byte, 4> data{};
    space.read(GuestAddress(Page - 2), data);
    EXPECT_EQ(data, (std::array{std::byte{1}, std::byte{1}, std::byte{2}, std::byte{2}}));
    space.read(GuestAddress(2 * Page - 2), data);
    EXPECT_EQ(data, (std::array{std::byte{2}, std::byte{2}, std::byte{0xff}, std::byte{0xff}}))
        << "nobody behind";
    space.write(GuestAddress(Page - 2), std::array{std::byte{5}, std::byte{6}, std::byte{7}, std::byte{8}});
    EXPECT_EQ(byteAt(space, Page - 1), 6);
    EXPECT_EQ(byteAt(space, Page), 7);
}

TEST(AddressSpace, RefusesImpossibleMappings)
{
    AddressSpace space;
    const auto block = filledBlock(2, 0);
    EXPECT_FALSE(space.map({.base = GuestAddress(1), .length = Page, .block = block}));
    EXPECT_FALSE(space.map({.base = GuestAddress(0), .length = 0, .block = block}));
    EXPECT_FALSE(space.map({.base = GuestAddress(0), .length = 100, .block = block}));
    EXPECT_FALSE(space.map({.base = GuestAddress(0), .length = 3 * Page, .block = block}))
        << "beyond the block";
    EXPECT_FALSE(
        space.map({.base = GuestAddress(0), .length = Page, .block = block, .blockOffset = 2 * Page}));
    EXPECT_FALSE(space.map({.base = GuestAddress(0), .length = Page, .block = block, .blockOffset = 1}));
    EXPECT_FALSE(
        space.map({.base = GuestAddress(UINT64_MAX - Page + 1), .length = 2 * Page, .block = block}));
    EXPECT_TRUE(space.slots().empty());
    space.unmap(12345); // unknown: nothing happens
}

TEST(AddressSpace, HypervisorSeesNoOverlapAndOnlyWhatChanged)
{
    RecordingSink sink;
    {
        AddressSpace space(&sink);
        ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = 16 * Page, .block = filledBlock(16, 1)}));
        ASSERT_TRUE(space.map({.base = GuestAddress(32 * Page), .length = Page, .block = filledBlock(1, 2)}));
        const unsigned before = sink.added;
        const auto id = space.map(
            {.base = GuestAddress(4 * Page), .length = Page, .block = filledBlock(1, 3), .priority = 1});
        ASSERT_TRUE(id);
        EXPECT_EQ(sink.added, before + 3) << "two pieces and the new one; the far slot stays";
        EXPECT_TRUE(std::ranges::is_permutation(sink.slots, space.slots()));
        space.unmap(*id);
        EXPECT_EQ(sink.slots.size(), 2U);
    }
    EXPECT_FALSE(sink.overlapped);
    EXPECT_TRUE(sink.slots.empty()) << "all given back at the end";
}

TEST(AddressSpace, AMappingThatTheHypervisorRefusesLeavesNothingBehind)
{
    class Refusing final : public MemorySlotSink {
    public:
        Result<> addSlot(const MemorySlotSpec& slot) override
        {
            if (slot.base.raw() >= 1024 * Page)
                return fail(ErrorCode::Unsupported, "too high");
            ++held;
            return {};
        }
        void removeSlot(const MemorySlotSpec& slot) override
        {
            if (slot.base.raw() < 1024 * Page)
                --held;
        }
        void collectDirty(const MemorySlotSpec& /*slot*/, std::span<std::uint64_t> /*bitmap*/) override {}
        int held = 0;
    };
    Refusing sink;
    {
        AddressSpace space(&sink);
        ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 1)}));
        for (int i = 0; i < 3; ++i)
            EXPECT_FALSE(
                space.map({.base = GuestAddress(2048 * Page), .length = Page, .block = filledBlock(1, 2)}));
        EXPECT_EQ(space.slots().size(), 1U);
        EXPECT_EQ(byteAt(space, 2048 * Page), 0xff);
        EXPECT_EQ(byteAt(space, 0), 1);
        EXPECT_EQ(sink.held, 1);
    }
    EXPECT_EQ(sink.held, 0);
}

TEST(AddressSpace, DirtyPagesAreTakenOnceAndIncludeTheHypervisors)
{
    RecordingSink sink;
    AddressSpace space(&sink);
    const auto id = space.map(
        {.base = GuestAddress(16 * Page), .length = 4 * Page, .block = filledBlock(4, 0), .logDirty = true});
    ASSERT_TRUE(id);
    put(space, 19 * Page + 5, 1);
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0b1010});
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0b0010}) << "the software's bits are gone";
    EXPECT_TRUE(space.takeDirty(999).empty());
    const auto plain = space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 0)});
    EXPECT_TRUE(space.takeDirty(*plain).empty());
}

TEST(AddressSpace, WritesBehindItsBackAreDirtyOnceNoted)
{
    AddressSpace space;
    const auto id = space.map(
        {.base = GuestAddress(16 * Page), .length = 4 * Page, .block = filledBlock(4, 0), .logDirty = true});
    ASSERT_TRUE(space.map({.base = GuestAddress(0), .length = Page, .block = filledBlock(1, 0)}));
    space.noteWritten(GuestAddress(17 * Page + 8), 8);
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0b0010});
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0});
    space.noteWritten(GuestAddress(18 * Page - 4), 8);
    space.noteWritten(GuestAddress(16 * Page - 4), 8);
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0b0111}) << "every page that it touches";
    space.noteWritten(GuestAddress(0), 8);
    space.noteWritten(GuestAddress(40 * Page), 8);
    space.noteWritten(GuestAddress(UINT64_MAX), 8);
    space.noteWritten(GuestAddress(17 * Page), 0);
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0});
}

TEST(AddressSpace, NoWriteIsLostWhenATrackedMappingIsCut)
{
    RecordingSink sink;
    AddressSpace space(&sink);
    const auto id = space.map(
        {.base = GuestAddress(16 * Page), .length = 4 * Page, .block = filledBlock(4, 0), .logDirty = true});
    (void)space.takeDirty(*id);
    const auto cover = space.map(
        {.base = GuestAddress(17 * Page), .length = Page, .block = filledBlock(1, 1), .priority = 1});
    ASSERT_TRUE(cover);
    EXPECT_EQ(space.takeDirty(*id), std::vector<std::uint64_t>{0b1111})
        << "the hypervisor's log went with it";
    (void)space.takeDirty(*id);
}

TEST(AddressSpace, RandomMappingsAgreeWithALookupPageByPage)
{
    std::mt19937 random(3); // NOLINT(bugprone-random-generator-seed): repeatable on purpose
    struct Mapped {
        MappingId id;
        MemoryMapping mapping;
        std::uint8_t value;
    };
    RecordingSink sink;
    AddressSpace space(&sink);
    std::vector<Mapped> all;
    for (int round = 0; round < 300; ++round) {
        if (all.size() < 8 && random() % 3 != 0) {
            const std::uint64_t pages = 1 + random() % 6;
            const auto value = static_cast<std::uint8_t>(1 + random() % 200);
            MemoryMapping mapping{.base = GuestAddress(random() % 20 * Page),
                                  .length = pages * Page,
                                  .block = random() % 5 == 0 ? nullptr : filledBlock(pages, value),
                                  .priority = static_cast<int>(random() % 3)};
            all.push_back({.id = space.map(mapping).value(), .mapping = mapping, .value = value});
        } else if (!all.empty()) {
            const auto victim = all.begin() + static_cast<std::ptrdiff_t>(random() % all.size());
            space.unmap(victim->id);
            all.erase(victim);
        }
        for (std::uint64_t page = 0; page < 30; ++page) {
            const Mapped* winner = nullptr;
            for (const Mapped& one : all)
                if (one.mapping.base.raw() <= page * Page
                    && page * Page < one.mapping.base.raw() + one.mapping.length
                    && (!winner || one.mapping.priority >= winner->mapping.priority))
                    winner = &one;
            const unsigned wanted = winner && winner->mapping.block ? winner->value : 0xff;
            ASSERT_EQ(byteAt(space, page * Page + 7), wanted) << "round " << round << " page " << page;
        }
    }
    EXPECT_FALSE(sink.overlapped);
}

} // namespace
} // namespace engine
