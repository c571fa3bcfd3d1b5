// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace engine::net {

/// What a learning switch remembers: behind which port an address was seen last. Bounded; the address
/// not heard of for longest goes first. One thread.
class MacTable {
public:
    static constexpr std::size_t Capacity = 1024;

    void learn(const MacAddress& address, std::uint64_t port)
    {
        const std::uint64_t key = keyOf(address);
        if (const auto known = m_index.find(key); known != m_index.end()) {
            known->second->port = port;
            m_entries.splice(m_entries.begin(), m_entries, known->second);
            return;
        }
        if (m_entries.size() == Capacity) {
            m_index.erase(m_entries.back().key);
            m_entries.pop_back();
        }
        m_entries.push_front({.key = key, .port = port});
        m_index[key] = m_entries.begin();
    }
    [[nodiscard]] std::optional<std::uint64_t> find(const MacAddress& address) const
    {
        const auto known = m_index.find(keyOf(address));
        return known == m_index.end() ? std::nullopt : std::optional(known->second->port);
    }
    void forgetPort(std::uint64_t port)
    {
        for (auto entry = m_entries.begin(); entry != m_entries.end();) {
            if (entry->port != port) {
                ++entry;
                continue;
            }
            m_index.erase(entry->key);
            entry = m_entries.erase(entry);
        }
    }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }

private:
    struct Entry {
        std::uint64_t key;
        std::uint64_t port;
    };
    static std::uint64_t keyOf(const MacAddress& address)
    {
        std::uint64_t key = 0;
        for (const std::uint8_t byte : address)
            key = key << 8 | byte;
        return key;
    }
    std::list<Entry> m_entries; ///< heard last first
    std::unordered_map<std::uint64_t, std::list<Entry>::iterator> m_index;
};

} // namespace engine::net
