// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: a CPU made by hand, memory in software, the host's own CPU.
#pragma once

#include "kvm/assist/stepper.h"
#include "kvm/assist/xsave_area.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <initializer_list>
#include <map>

namespace engine::kvm::assist::test {

inline constexpr std::uint64_t RamBytes = 1024 * 1024;
inline constexpr std::uint64_t Code = 0x8000;
inline constexpr std::uint64_t Data = 0x10000;
inline constexpr std::uint64_t Device = 0xE0000000;

class FakeServices final : public CpuServices {
public:
    std::optional<std::uint64_t> readMsr(std::uint32_t index) override
    {
        const auto it = msrs.find(index);
        return it == msrs.end() ? std::nullopt : std::optional(it->second);
    }
    bool writeMsr(std::uint32_t index, std::uint64_t value) override
    {
        msrs[index] = value;
        return true;
    }
    std::optional<std::uint64_t> readXcr0() override { return xcr0; }
    bool writeXcr0(std::uint64_t value) override
    {
        xcr0 = value;
        return true;
    }
    void flushTlb() override { ++flushes; }

    std::map<std::uint32_t, std::uint64_t> msrs;
    std::uint64_t xcr0 = 7;
    int flushes = 0;
};

/// The registers after power-on, kept between instructions.
class KeptState final : public ExtendedState {
public:
    KeptState()
    {
        const std::uint16_t control = 0x37F;
        const std::uint32_t mxcsr = 0x1F80;
        std::memcpy(m_image.data(), &control, sizeof control);
        std::memcpy(m_image.data() + 24, &mxcsr, sizeof mxcsr);
        m_image[XsaveHeaderOffset] = std::byte{3};
    }
    bool load(std::span<std::byte> image) override
    {
        std::ranges::copy(m_image, image.begin());
        return true;
    }
    bool store(std::span<const std::byte> image) override
    {
        std::ranges::copy(image.first(m_image.size()), m_image.begin());
        return true;
    }

private:
    std::array<std::byte, NativeThunk::BufferBytes> m_image{};
};

class CountingDevice final : public BusDevice {
public:
    void read(std::uint64_t, std::span<std::byte> data) override
    {
        ++reads;
        std::ranges::fill(data, std::byte{0x11});
    }
    void write(std::uint64_t, std::span<const std::byte> data) override
    {
        ++writes;
        last.assign(data.begin(), data.end());
    }
    int reads = 0;
    int writes = 0;
    std::vector<std::byte> last;
};

class Assist : public testing::Test {
protected:
    void SetUp() override
    {
        auto ram = HostBlock::create("test", RamBytes);
        ASSERT_TRUE(ram);
        MemoryMapping mapping;
        mapping.length = RamBytes;
        mapping.block = *ram;
        ASSERT_TRUE(memory.map(mapping));
        ASSERT_TRUE(memory.mmio().insert({.base = Device, .length = 4096}, device));
        auto made = NativeThunk::create();
        ASSERT_TRUE(made) << made.error().message();
        thunk = *std::move(made);
        enterLongMode();
    }

    void enterLongMode()
    {
        cpu = {};
        cpu.cr0 = Cr0ProtectedMode | 1U << 5;
        cpu.cr4 = Cr4OsFxsr;
        cpu.efer = EferLongModeActive;
        cpu.segments[SegmentCs].is64Bit = true;
        cpu.instructionPointer = Code;
    }
    void enterProtectedMode()
    {
        cpu = {};
        cpu.cr0 = Cr0ProtectedMode | 1U << 5;
        for (SegmentState& segment : cpu.segments)
            segment.is32Bit = true;
        cpu.instructionPointer = Code;
    }

    Outcome step(std::initializer_list<std::uint8_t> code)
    {
        const std::vector<std::uint8_t> bytes(code);
        memory.write(GuestAddress(Code), std::as_bytes(std::span(bytes)));
        cpu.instructionPointer = Code;
        return Stepper(cpu, memory, services, state, thunk.get()).step();
    }
    static bool completed(const Outcome& outcome) { return std::holds_alternative<Completed>(outcome); }
    static bool unsupported(const Outcome& outcome) { return std::holds_alternative<Unsupported>(outcome); }
    static GuestFault faultOf(const Outcome& outcome)
    {
        const auto* fault = std::get_if<GuestFault>(&outcome);
        EXPECT_TRUE(fault);
        return fault ? *fault : GuestFault{};
    }
    void store(std::uint64_t address, std::uint64_t value, std::size_t bytes = 8)
    {
        std::array<std::byte, 8> data{};
        storeLittleEndian(std::span(data).first(bytes), value);
        memory.write(GuestAddress(address), std::span(data).first(bytes));
    }
    std::uint64_t load(std::uint64_t address, std::size_t bytes = 8) const
    {
        std::array<std::byte, 8> data{};
        memory.read(GuestAddress(address), std::span(data).first(bytes));
        return loadLittleEndian(std::span(data).first(bytes));
    }

    /// Lays tracked memory over `pages` pages of RAM.
    MappingId track(std::uint64_t base, std::uint64_t pages)
    {
        auto block = HostBlock::create("tracked", pages * 4096);
        EXPECT_TRUE(block);
        MemoryMapping mapping;
        mapping.base = GuestAddress(base);
        mapping.length = pages * 4096;
        mapping.block = *block;
        mapping.priority = 1;
        mapping.logDirty = true;
        const auto id = memory.map(mapping);
        EXPECT_TRUE(id);
        return id.value_or(0);
    }

    AddressSpace memory;
    CountingDevice device;
    FakeServices services;
    KeptState state;
    CpuContext cpu;
    std::unique_ptr<NativeThunk> thunk;
};

} // namespace engine::kvm::assist::test
