// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/input/input_router.h"

#include <algorithm>
#include <utility>

namespace engine {

std::size_t InputChoice::add(std::string name, bool isPreferred)
{
    std::scoped_lock lock(m_mutex);
    m_devices.push_back({.name = std::move(name), .isPreferred = isPreferred});
    return m_devices.size() - 1;
}

void InputChoice::setUse(std::size_t device, bool inUse)
{
    {
        std::scoped_lock lock(m_mutex);
        m_devices.at(device).since = inUse ? ++m_uses : 0;
    }
    if (m_listener)
        m_listener();
}

std::size_t InputChoice::activeLocked() const
{
    const auto rank = [](const Device& device) {
        return std::pair(device.isPreferred && device.since != 0, device.since);
    };
    const auto best = std::ranges::max_element(m_devices, {}, rank); // the first of equals
    return static_cast<std::size_t>(best - m_devices.begin());
}

std::size_t InputChoice::active() const
{
    std::scoped_lock lock(m_mutex);
    return activeLocked();
}

std::string InputChoice::activeName() const
{
    std::scoped_lock lock(m_mutex);
    return m_devices.at(activeLocked()).name;
}

std::optional<std::size_t> InputChoice::find(const std::string& name) const
{
    std::scoped_lock lock(m_mutex);
    const auto found = std::ranges::find(m_devices, name, &Device::name);
    if (found == m_devices.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - m_devices.begin());
}

void InputChoice::reset()
{
    {
        std::scoped_lock lock(m_mutex);
        for (Device& device : m_devices)
            device.since = 0;
    }
    if (m_listener)
        m_listener();
}

void InputChoice::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.integer(static_cast<std::uint32_t>(m_devices.size()));
    for (const Device& device : m_devices)
        out.integer(device.since);
}

std::vector<std::uint64_t> InputChoice::readState(StateReader& in)
{
    constexpr std::uint32_t MostDevices = 16;
    std::vector<std::uint64_t> uses(std::min(in.integer<std::uint32_t>(), MostDevices));
    for (std::uint64_t& use : uses)
        use = in.integer<std::uint64_t>();
    return uses;
}

void InputChoice::adopt(const std::vector<std::uint64_t>& uses)
{
    {
        std::scoped_lock lock(m_mutex);
        for (std::size_t i = 0; i < m_devices.size() && i < uses.size(); ++i) {
            m_devices[i].since = uses[i];
            m_uses = std::max(m_uses, uses[i]);
        }
    }
    if (m_listener)
        m_listener();
}

std::size_t KeyboardRouter::add(KeyboardSink& device, std::string name, bool isPreferred)
{
    m_devices.push_back(&device);
    return m_choice.add(std::move(name), isPreferred);
}

KeyboardSink* KeyboardRouter::find(const std::string& name)
{
    const auto device = m_choice.find(name);
    return device ? m_devices.at(*device) : nullptr;
}

void KeyboardRouter::key(KeyCode code, bool down)
{
    std::size_t device = m_choice.active();
    {
        std::scoped_lock lock(m_mutex);
        if (down)
            device = m_held.try_emplace(code, device).first->second;
        else if (const auto held = m_held.extract(code))
            device = held.mapped();
    }
    m_devices.at(device)->key(code, down);
}

KeyboardLeds KeyboardRouter::leds() const
{
    return m_devices.at(m_choice.active())->leds();
}

std::size_t PointerRouter::add(PointerSink& device, std::string name)
{
    m_devices.push_back(&device);
    return m_choice.add(std::move(name), device.isAbsolute());
}

void PointerRouter::button(PointerButton button, bool down)
{
    const std::size_t active = m_choice.active();
    std::size_t device = active;
    {
        std::scoped_lock lock(m_mutex);
        if (down)
            device = m_held.try_emplace(button, active).first->second;
        else if (const auto held = m_held.extract(button))
            device = held.mapped();
        if (device != active)
            m_released.insert(device);
    }
    m_devices.at(device)->button(button, down);
}

void PointerRouter::sync()
{
    std::set<std::size_t> released;
    {
        std::scoped_lock lock(m_mutex);
        released.swap(m_released);
    }
    for (const std::size_t device : released)
        m_devices.at(device)->sync();
    active().sync();
}

} // namespace engine
