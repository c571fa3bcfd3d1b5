// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/network/e1000e/ring.h"
#include "devices/network/e1000e/segmenter.h"

#include <vector>

namespace engine::e1000e {

/// One transmit queue (datasheet 7.2): walks descriptors, gathers packets, inserts checksums and VLAN
/// tags, cuts large TCP segments. Legacy, context and data descriptors. Callers serialise.
class TransmitQueue {
public:
    /// `block`: where the queue's ring registers begin.
    explicit TransmitQueue(std::uint32_t block) : m_block(block) {}
    /// What a round of work has found.
    struct Outcome {
        std::vector<std::vector<std::byte>> frames; ///< ready for the wire
        std::uint32_t causes = 0;                   ///< TXDW when a descriptor asked for a report
        bool hasMore = false;
        /// Of a large segment that stays in one piece: what a wire's frames would have had, else 0.
        std::size_t headerBytes = 0;
        std::size_t segmentBytes = 0;
    };
    /// At most `limit` descriptors, up to the first packet that is complete. A large TCP segment stays
    /// whole, with right headers, where the other side takes frames of `longestFrame` bytes.
    [[nodiscard]] Outcome work(RegisterFile& registers, const GuestMemory& memory, unsigned limit,
                               std::size_t longestFrame = 0);
    void reset();
    void saveState(StateWriter& out) const;
    void readState(StateReader& in);

private:
    [[nodiscard]] bool process(const Descriptor& descriptor, const GuestMemory& memory);
    void gather(const GuestMemory& memory, std::uint64_t address, std::uint32_t length);
    void finishPacket(const RegisterFile& registers, const Descriptor& last, std::size_t longestFrame,
                      Outcome& outcome);
    void cutPacket(OffloadRequest request, std::size_t longestFrame, Outcome& outcome);

    const std::uint32_t m_block;
    OffloadContext m_context;
    std::vector<std::byte> m_packet; ///< gathered so far
    std::uint32_t m_options = 0;     ///< POPTS of the packet's first data descriptor
    bool m_segmented = false;        ///< TSE of the packet's first data descriptor
    bool m_broken = false;           ///< dropped when it ends: too long, or not in RAM
};

} // namespace engine::e1000e
