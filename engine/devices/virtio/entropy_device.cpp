// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/entropy_device.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace engine::virtio {

void EntropyDevice::readConfig(std::uint64_t /*offset*/, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0}); // the device has no configuration
}

void EntropyDevice::onQueueNotified(unsigned /*queue*/)
{
    if (m_ring)
        m_ring->drain([this](const DescriptorChain& chain) { answer(chain); });
}

void EntropyDevice::answer(const DescriptorChain& chain)
{
    std::array<std::byte, ReplyLimit> bytes{};
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(chain.writableBytes(), bytes.size()));
    const auto got = ::getrandom(bytes.data(), wanted, GRND_NONBLOCK);
    const std::size_t count = got < 0 ? 0 : static_cast<std::size_t>(got);
    if (!chain.write(0, std::span(bytes).first(count)))
        return m_ring->breakQueue("a buffer for random bytes lies outside of RAM");
    m_ring->complete(chain, static_cast<std::uint32_t>(count));
}

void EntropyDevice::reset(std::move_only_function<void()> done)
{
    m_ring = nullptr;
    done();
}

Result<> EntropyDevice::restoreState(StateReader& in)
{
    (void)in.version(1);
    return in.finish();
}

} // namespace engine::virtio
