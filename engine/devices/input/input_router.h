// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/input/input_sink.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engine {

/// Which of several input devices the guest takes events from: those whose drivers have told so, the latest
/// first. Leaf lock; any thread.
class InputChoice {
public:
    /// `isPreferred`: in use, it goes before devices that are not, however late those came. Before use only.
    /// The first one is the fall-back while none is in use.
    std::size_t add(std::string name, bool isPreferred);
    void setUse(std::size_t device, bool inUse);
    [[nodiscard]] std::size_t active() const;
    [[nodiscard]] std::string activeName() const;
    [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
    /// Called after active() may have changed, on any thread and with the devices' locks held: only takes
    /// note. Set before use.
    void setListener(std::function<void()> listener) { m_listener = std::move(listener); }
    void reset();
    void saveState(StateWriter& out) const;
    /// The result is judged by finish() and adopted by adopt().
    [[nodiscard]] static std::vector<std::uint64_t> readState(StateReader& in);
    void adopt(const std::vector<std::uint64_t>& uses);

private:
    struct Device {
        std::string name;
        bool isPreferred = false;
        std::uint64_t since = 0; ///< counts uses; 0: not in use
    };
    [[nodiscard]] std::size_t activeLocked() const;

    mutable std::mutex m_mutex;
    std::vector<Device> m_devices; // guarded by m_mutex
    std::uint64_t m_uses = 0;      // guarded by m_mutex
    std::function<void()> m_listener;
};

/// The guest's keyboards as one: a key goes to the keyboard in use, its release to where the press went.
class KeyboardRouter final : public KeyboardSink {
public:
    /// `device` outlives the router. Before use only. Returns its number in choice().
    std::size_t add(KeyboardSink& device, std::string name, bool isPreferred);
    [[nodiscard]] InputChoice& choice() { return m_choice; }
    /// Null when there is none of that name.
    [[nodiscard]] KeyboardSink* find(const std::string& name);

    void key(KeyCode code, bool down) override;
    [[nodiscard]] KeyboardLeds leds() const override;

private:
    InputChoice m_choice;
    std::vector<KeyboardSink*> m_devices;
    std::mutex m_mutex;
    std::map<KeyCode, std::size_t> m_held; // guarded by m_mutex
};

/// The guest's pointers as one: absolute ones go before relative ones.
class PointerRouter final : public PointerSink {
public:
    std::size_t add(PointerSink& device, std::string name);
    [[nodiscard]] InputChoice& choice() { return m_choice; }

    [[nodiscard]] bool isAbsolute() const override { return active().isAbsolute(); }
    void moveRelative(std::int32_t dx, std::int32_t dy) override { active().moveRelative(dx, dy); }
    void moveAbsolute(std::uint16_t x, std::uint16_t y) override { active().moveAbsolute(x, y); }
    void button(PointerButton button, bool down) override;
    void wheel(std::int32_t vertical, std::int32_t horizontal) override
    {
        active().wheel(vertical, horizontal);
    }
    void sync() override;

private:
    [[nodiscard]] PointerSink& active() const { return *m_devices.at(m_choice.active()); }

    InputChoice m_choice;
    std::vector<PointerSink*> m_devices;
    std::mutex m_mutex;
    std::map<PointerButton, std::size_t> m_held; // guarded by m_mutex
    std::set<std::size_t> m_released; // devices other than the active one to sync; guarded by m_mutex
};

} // namespace engine
