// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/guest_network.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>

namespace engine::test {

using Bytes = std::vector<std::byte>;

/// A frame of an experimental type (0x88b5) that holds text.
inline Bytes frameWithText(const MacAddress& destination, const MacAddress& sender, std::string_view text)
{
    Bytes frame(std::max<std::size_t>(60, 15 + text.size()));
    std::memcpy(frame.data(), destination.data(), 6);
    std::memcpy(frame.data() + 6, sender.data(), 6);
    frame[12] = std::byte{0x88};
    frame[13] = std::byte{0xb5};
    std::memcpy(frame.data() + 14, text.data(), text.size());
    return frame;
}

/// One large TCP segment, as a driver with segmentation offload hands it on.
inline Bytes largeTcpFrame(const MacAddress& sender, const MacAddress& destination, std::size_t dataBytes)
{
    Bytes frame(54 + dataBytes, std::byte{0x41});
    std::memcpy(frame.data(), destination.data(), 6);
    std::memcpy(frame.data() + 6, sender.data(), 6);
    const std::size_t total = 40 + dataBytes;
    const unsigned char header[42] = {0x08,
                                      0,
                                      0x45,
                                      0,
                                      static_cast<unsigned char>(total >> 8),
                                      static_cast<unsigned char>(total),
                                      0,
                                      1,
                                      0,
                                      0,
                                      64,
                                      6,
                                      0,
                                      0,
                                      10,
                                      0,
                                      0,
                                      1,
                                      10,
                                      0,
                                      0,
                                      2,
                                      0x10,
                                      0,
                                      0,
                                      80,
                                      0,
                                      0,
                                      0,
                                      1,
                                      0,
                                      0,
                                      0,
                                      1,
                                      0x50,
                                      0x10,
                                      0xff,
                                      0xff,
                                      0,
                                      0,
                                      0,
                                      0};
    std::memcpy(frame.data() + 12, header, sizeof header);
    return frame;
}

/// A guest without a card: the end of a cable that keeps what arrives.
class WireGuest final : public NetClient {
public:
    WireGuest(std::unique_ptr<net::GuestNetwork> network, const MacAddress& mac)
        : m_network(std::move(network)), m_mac(mac)
    {
        m_network->attach(this);
    }
    ~WireGuest() override { m_network->attach(nullptr); }
    WireGuest(const WireGuest&) = delete;
    WireGuest& operator=(const WireGuest&) = delete;
    WireGuest(WireGuest&&) = delete;
    WireGuest& operator=(WireGuest&&) = delete;

    [[nodiscard]] bool receiveFrame(std::span<const std::byte> frame) override
    {
        std::scoped_lock lock(m_mutex);
        if (m_isFull)
            return false;
        m_frames.emplace_back(frame.begin(), frame.end());
        if (m_frames.size() > 30000)
            m_frames.pop_front();
        m_changed.notify_all();
        return true;
    }
    void linkChanged(bool up) override
    {
        std::scoped_lock lock(m_mutex);
        m_linkChanges.push_back(up);
    }
    [[nodiscard]] net::GuestNetwork& network() { return *m_network; }
    void sendFrame(const Bytes& frame)
    {
        m_network->loop().runAndWait([&] { m_network->send(frame); });
    }
    void send(const MacAddress& destination, std::string_view text)
    {
        sendFrame(frameWithText(destination, m_mac, text));
    }
    void setFull(bool full)
    {
        {
            std::scoped_lock lock(m_mutex);
            m_isFull = full;
        }
        if (!full)
            m_network->loop().runAndWait([&] { m_network->receiveReady(); });
    }
    [[nodiscard]] std::vector<Bytes> take()
    {
        std::scoped_lock lock(m_mutex);
        std::vector<Bytes> frames(m_frames.begin(), m_frames.end());
        m_frames.clear();
        return frames;
    }
    [[nodiscard]] std::vector<bool> linkChanges()
    {
        std::scoped_lock lock(m_mutex);
        return m_linkChanges;
    }
    /// Looks at frames in turn until one holds `text`.
    [[nodiscard]] bool waitForText(std::string_view text, std::chrono::milliseconds limit)
    {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        std::unique_lock lock(m_mutex);
        while (true) {
            while (!m_frames.empty()) {
                const Bytes frame = std::move(m_frames.front());
                m_frames.pop_front();
                if (frame.size() >= 14 + text.size()
                    && std::memcmp(frame.data() + 14, text.data(), text.size()) == 0)
                    return true;
            }
            if (m_changed.wait_until(lock, deadline) == std::cv_status::timeout)
                return false;
        }
    }

private:
    const std::unique_ptr<net::GuestNetwork> m_network;
    const MacAddress m_mac;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Bytes> m_frames;      // guarded by m_mutex
    std::vector<bool> m_linkChanges; // guarded by m_mutex
    bool m_isFull = false;           // guarded by m_mutex
};

} // namespace engine::test
