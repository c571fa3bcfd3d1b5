// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "memory/guest_memory.h"

#include <cstdint>
#include <vector>

namespace engine::virtio {

/// VIRTIO 1.2, 2.7.5: struct virtq_desc (little-endian; so is every host we build for).
struct Descriptor {
    std::uint64_t address;
    std::uint32_t length;
    std::uint16_t flags;
    std::uint16_t next;
};
static_assert(sizeof(Descriptor) == 16);
inline constexpr std::uint16_t DescriptorNext = 1;
inline constexpr std::uint16_t DescriptorWrite = 2;
inline constexpr std::uint16_t DescriptorIndirect = 4;

/// One buffer of the driver: what the device may read, then what it may write. The descriptors were
/// copied and checked when the chain was taken from its queue; the memory they name is checked when it
/// is used. Offsets count within the readable or the writable part.
class DescriptorChain {
public:
    /// The longest indirect table that is accepted.
    static constexpr std::uint32_t IndirectLimit = 1024;

    /// Walks the chain that starts at `head`: at most `queueSize` descriptors and one indirect table of
    /// at most IndirectLimit, no nesting, readable ones before writable ones, at most 4 GiB in all.
    [[nodiscard]] static Result<DescriptorChain> walk(const GuestMemory& memory, GuestAddress table,
                                                      std::uint16_t queueSize, std::uint16_t head,
                                                      bool indirectAllowed);

    [[nodiscard]] std::uint16_t head() const { return m_head; }
    /// Of the queue when the chain was taken; see Virtqueue::complete().
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }
    void setGeneration(std::uint64_t generation) { m_generation = generation; }

    [[nodiscard]] std::uint64_t readableBytes() const { return m_readableBytes; }
    [[nodiscard]] std::uint64_t writableBytes() const { return m_writableBytes; }

    /// Copies; an error when the range is not inside the part or not in RAM.
    [[nodiscard]] Result<> read(std::uint64_t offset, std::span<std::byte> into) const;
    [[nodiscard]] Result<> write(std::uint64_t offset, std::span<const std::byte> from) const;
    template <GuestPod T>
    [[nodiscard]] Result<T> readObject(std::uint64_t offset) const
    {
        T copy;
        VM_TRY(read(offset, std::as_writable_bytes(std::span(&copy, 1))));
        return copy;
    }
    template <GuestPod T>
    [[nodiscard]] Result<> writeObject(std::uint64_t offset, const T& value) const
    {
        return write(offset, std::as_bytes(std::span(&value, 1)));
    }
    /// The same ranges for the host kernel (see IoVectors).
    [[nodiscard]] Result<IoVectors> readableVectors(std::uint64_t offset, std::uint64_t length) const;
    [[nodiscard]] Result<IoVectors> writableVectors(std::uint64_t offset, std::uint64_t length) const;

private:
    struct Segment {
        GuestAddress address;
        std::uint32_t length = 0;
    };
    DescriptorChain(const GuestMemory& memory, std::uint16_t head) : m_memory(&memory), m_head(head) {}
    [[nodiscard]] Result<> append(const Descriptor& descriptor);
    [[nodiscard]] Result<> walkIndirect(const Descriptor& table);
    /// Calls `action(address, length, done)` for each piece of [offset, offset + length).
    template <class Action>
    [[nodiscard]] static Result<> forEach(const std::vector<Segment>& segments, std::uint64_t offset,
                                          std::uint64_t length, Action action);

    const GuestMemory* m_memory;
    std::uint16_t m_head;
    std::uint64_t m_generation = 0;
    std::vector<Segment> m_readable;
    std::vector<Segment> m_writable;
    std::uint64_t m_readableBytes = 0;
    std::uint64_t m_writableBytes = 0;
};

} // namespace engine::virtio
