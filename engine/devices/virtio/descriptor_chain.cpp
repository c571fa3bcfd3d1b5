// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/descriptor_chain.h"

#include <algorithm>

namespace engine::virtio {

namespace {

Result<Descriptor> readDescriptor(const GuestMemory& memory, GuestAddress table, std::uint32_t index)
{
    const auto at = table.checkedAdd(std::uint64_t{index} * sizeof(Descriptor));
    if (!at)
        return fail(ErrorCode::OutOfBounds, "descriptor table wraps");
    return memory.readObject<Descriptor>(*at); // one copy, then only the copy
}

} // namespace

Result<DescriptorChain> DescriptorChain::walk(const GuestMemory& memory, GuestAddress table,
                                              std::uint16_t queueSize, std::uint16_t head,
                                              bool indirectAllowed)
{
    DescriptorChain chain(memory, head);
    std::uint16_t index = head;
    for (std::uint32_t left = queueSize; left != 0; --left) {
        if (index >= queueSize)
            return fail(ErrorCode::OutOfBounds, "descriptor index outside of the queue");
        const auto descriptor = VM_TRY(readDescriptor(memory, table, index));
        if ((descriptor.flags & DescriptorIndirect) != 0) {
            if (!indirectAllowed || (descriptor.flags & DescriptorNext) != 0)
                return fail(ErrorCode::InvalidArgument, "indirect descriptor where none may be");
            VM_TRY(chain.walkIndirect(descriptor));
            return chain;
        }
        VM_TRY(chain.append(descriptor));
        if ((descriptor.flags & DescriptorNext) == 0)
            return chain;
        index = descriptor.next;
    }
    return fail(ErrorCode::InvalidArgument, "descriptor chain longer than the queue");
}

Result<> DescriptorChain::walkIndirect(const Descriptor& table)
{
    const std::uint32_t count = table.length / sizeof(Descriptor);
    if (table.length % sizeof(Descriptor) != 0 || count == 0 || count > IndirectLimit)
        return fail(ErrorCode::InvalidArgument, "indirect table of an impossible size");
    std::uint32_t index = 0;
    for (std::uint32_t left = count; left != 0; --left) {
        if (index >= count)
            return fail(ErrorCode::OutOfBounds, "descriptor index outside of the indirect table");
        const auto descriptor = VM_TRY(readDescriptor(*m_memory, GuestAddress(table.address), index));
        if ((descriptor.flags & DescriptorIndirect) != 0)
            return fail(ErrorCode::InvalidArgument, "nested indirect descriptor");
        VM_TRY(append(descriptor));
        if ((descriptor.flags & DescriptorNext) == 0)
            return {};
        index = descriptor.next;
    }
    return fail(ErrorCode::InvalidArgument, "indirect descriptor chain loops");
}

Result<> DescriptorChain::append(const Descriptor& descriptor)
{
    const bool writable = (descriptor.flags & DescriptorWrite) != 0;
    if (!writable && !m_writable.empty())
        return fail(ErrorCode::InvalidArgument, "readable descriptor behind a writable one");
    if (m_readableBytes + m_writableBytes + descriptor.length > UINT32_MAX)
        return fail(ErrorCode::InvalidArgument, "descriptor chain of more than 4 GiB");
    auto& segments = writable ? m_writable : m_readable;
    segments.push_back({.address = GuestAddress(descriptor.address), .length = descriptor.length});
    (writable ? m_writableBytes : m_readableBytes) += descriptor.length;
    return {};
}

template <class Action>
Result<> DescriptorChain::forEach(const std::vector<Segment>& segments, std::uint64_t offset,
                                  std::uint64_t length, Action action)
{
    std::uint64_t done = 0;
    for (const Segment& segment : segments) {
        if (done == length)
            break;
        if (offset >= segment.length) {
            offset -= segment.length;
            continue;
        }
        const std::uint64_t piece = std::min<std::uint64_t>(segment.length - offset, length - done);
        const auto at = segment.address.checkedAdd(offset);
        if (!at)
            return fail(ErrorCode::OutOfBounds, "descriptor wraps");
        VM_TRY(action(*at, piece, done));
        done += piece;
        offset = 0;
    }
    if (done != length)
        return fail(ErrorCode::OutOfBounds, "buffer shorter than what it has to hold");
    return {};
}

Result<> DescriptorChain::read(std::uint64_t offset, std::span<std::byte> into) const
{
    return forEach(m_readable, offset, into.size(),
                   [&](GuestAddress at, std::uint64_t length, std::uint64_t done) {
                       return m_memory->read(at, into.subspan(done, length));
                   });
}

Result<> DescriptorChain::write(std::uint64_t offset, std::span<const std::byte> from) const
{
    return forEach(m_writable, offset, from.size(),
                   [&](GuestAddress at, std::uint64_t length, std::uint64_t done) {
                       return m_memory->write(at, from.subspan(done, length));
                   });
}

Result<IoVectors> DescriptorChain::readableVectors(std::uint64_t offset, std::uint64_t length) const
{
    IoVectors vectors;
    VM_TRY(forEach(m_readable, offset, length, [&](GuestAddress at, std::uint64_t piece, std::uint64_t) {
        return m_memory->appendIoVectors(vectors, at, piece, IoDirection::FromGuest);
    }));
    return vectors;
}

Result<IoVectors> DescriptorChain::writableVectors(std::uint64_t offset, std::uint64_t length) const
{
    IoVectors vectors;
    VM_TRY(forEach(m_writable, offset, length, [&](GuestAddress at, std::uint64_t piece, std::uint64_t) {
        return m_memory->appendIoVectors(vectors, at, piece, IoDirection::ToGuest);
    }));
    return vectors;
}

} // namespace engine::virtio
