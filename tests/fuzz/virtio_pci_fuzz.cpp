// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile virtio driver: configuration space, every register of the transport at every width, rings and
// buffers of the fuzzer's choice, in any order. Afterwards a well-behaved driver must be served.
#include "devices/virtio/block_device.h"
#include "devices/virtio/entropy_device.h"
#include "fuzz_input.h"
#include "support/memory_block_backend.h"
#include "support/virtio_guest.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t Data = 0x10'0000;
constexpr std::uint64_t Buffer = 0x11'0000;

/// One function on a board of its own.
class Target {
public:
    explicit Target(bool isDisk) : m_isDisk(isDisk)
    {
        std::unique_ptr<virtio::VirtioDevice> device;
        if (isDisk)
            device = std::make_unique<virtio::BlockDevice>(m_disk, m_board.log, 2);
        else
            device = std::make_unique<virtio::EntropyDevice>(m_disk->loop());
        m_transport =
            virtio::VirtioPciTransport::create("fuzzed", std::move(device), m_board.memory, m_board.log)
                .value();
        m_board.insert(*m_transport);
    }
    ~Target() { m_transport.reset(); }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    Target(Target&&) = delete;
    Target& operator=(Target&&) = delete;

    void attack(FuzzInput& input)
    {
        VirtioGuest guest(m_board);
        // Most inputs would never get past the negotiation by chance.
        if (input.take<std::uint8_t>() < 200)
            guest.start(Version1, 1, 8);
        while (!input.isEmpty())
            step(input, guest);
        settle();
    }
    /// Restarts as a driver does and has one request answered.
    void demandService()
    {
        VirtioGuest guest(m_board);
        if (!guest.negotiate(Version1))
            std::abort();
        guest.setUpQueue(0, 8);
        guest.driverOk();
        if (m_isDisk) {
            m_board.store(Data, std::array<std::uint64_t, 2>{}); // VIRTIO_BLK_T_IN of sector 0
            m_board.store<std::uint8_t>(Data + 16, 0xee);
            guest.offer(0, 0,
                        {{.address = Data, .length = 16},
                         {.address = Buffer, .length = 512, .writable = true},
                         {.address = Data + 16, .length = 1, .writable = true}});
        } else {
            guest.offer(0, 0, {{.address = Buffer, .length = 64, .writable = true}});
        }
        guest.notify(0);
        if (!guest.take(0) || (m_isDisk && m_board.load<std::uint8_t>(Data + 16) != 0))
            std::abort();
    }

private:
    void settle()
    {
        m_disk->loop().runAndWait([] {});
    }
    void step(FuzzInput& input, VirtioGuest& guest)
    {
        const auto operation = input.take<std::uint8_t>();
        const unsigned width = 1U << (operation >> 6);
        switch (operation % 8) {
        case 0: {
            const std::uint16_t offset = input.take<std::uint8_t>();
            // The command register keeps the BARs switched on: without them nothing else can be reached.
            if ((offset & 0xfcU) != 0x04 && (offset < 0x10 || offset >= 0x28))
                m_board.configWrite(offset, std::min(width, 4U), input.take<std::uint32_t>());
            (void)m_board.configRead(offset, std::min(width, 4U));
            break;
        }
        case 1:
            guest.setCommon(input.take<std::uint8_t>() & 0x3fU, width, input.take<std::uint64_t>());
            break;
        case 2: guest.setCommon(0x16, 2, input.take<std::uint8_t>() & 3U); break;
        case 3: {
            const auto offset = input.take<std::uint16_t>() & 0x7fffU;
            if (operation & 8)
                m_board.mmioWrite(VirtioGuest::Bar + offset, width, input.take<std::uint64_t>());
            else
                (void)m_board.mmioRead(VirtioGuest::Bar + offset, width);
            break;
        }
        case 4: guest.notify(input.take<std::uint8_t>() & 3U); break;
        case 5: {
            const std::uint64_t at = VirtioGuest::RingBase + (input.take<std::uint16_t>() & 0x7fffU);
            (void)m_board.memory.write(GuestAddress(at),
                                       std::as_bytes(input.takeBytes(input.take<std::uint8_t>())));
            break;
        }
        case 6: offer(input, guest); break;
        default: settle(); break;
        }
    }
    /// A descriptor that is plausible but for what the fuzzer sets.
    void offer(FuzzInput& input, VirtioGuest& guest)
    {
        const auto index = static_cast<std::uint16_t>(input.take<std::uint8_t>() & 7U);
        const auto flags = input.take<std::uint8_t>();
        guest.setDescriptor(VirtioGuest::RingBase, index, Data + (input.take<std::uint8_t>() & 0xf0U),
                            flags < 128 ? input.take<std::uint8_t>() : input.take<std::uint32_t>(),
                            flags & 7U, input.take<std::uint8_t>() & 15U);
        const std::uint64_t available = VirtioGuest::RingBase + 0x4000;
        const auto next = static_cast<std::uint16_t>(m_board.load<std::uint16_t>(available + 2) + 1);
        m_board.store(available + 4 + 2U * (next % 8U), index);
        m_board.store(available + 2, next);
    }

    bool m_isDisk;
    PciTestBoard m_board{2 << 20};
    std::shared_ptr<MemoryBlockBackend> m_disk =
        std::make_shared<MemoryBlockBackend>(1 << 18, BlockInfo{.canDiscard = true});
    std::unique_ptr<virtio::VirtioPciTransport> m_transport;
};

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    static auto& disk = *new Target(true); // live as long as the process
    static auto& entropy = *new Target(false);
    FuzzInput input(data, size);
    Target& target = (input.take<std::uint8_t>() & 1U) != 0 ? disk : entropy;
    target.attack(input);
    target.demandService();
    return 0;
}
