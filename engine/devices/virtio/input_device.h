// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "devices/storage/loop_kick.h"
#include "devices/virtio/virtio_device.h"

#include <bitset>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace engine::virtio {

/// A virtio input device (VIRTIO 1.2, 5.8): tells the driver which evdev events it has, and hands them over
/// in groups that end with SYN_REPORT. Groups wait for buffers; when very many wait, new ones replace the
/// newest.
class InputDevice : public VirtioDevice {
public:
    static constexpr std::uint16_t QueueSize = 64;
    /// 5.8.6: an event of linux/input-event-codes.h.
    struct Event {
        std::uint16_t type = 0;
        std::uint16_t code = 0;
        std::uint32_t value = 0;
    };
    ~InputDevice() override;
    InputDevice(const InputDevice&) = delete;
    InputDevice& operator=(const InputDevice&) = delete;
    InputDevice(InputDevice&&) = delete;
    InputDevice& operator=(InputDevice&&) = delete;

    /// Called when the guest's driver starts or stops taking events; only takes note. Set before use.
    void setUseCallback(std::function<void(bool inUse)> callback) { m_onUse = std::move(callback); }

    [[nodiscard]] DeviceType type() const override { return DeviceType::Input; }
    [[nodiscard]] std::uint32_t pciClass() const override { return m_description.pciClass; }
    [[nodiscard]] std::uint64_t offeredFeatures() const override { return 0; }
    [[nodiscard]] std::vector<std::uint16_t> queueSizes() const override { return {QueueSize, QueueSize}; }
    [[nodiscard]] EventLoop& loop() override { return m_loop; }
    void connect(DeviceServices& /*services*/, const GuestMemory& /*memory*/) override {}
    void readConfig(std::uint64_t offset, std::span<std::byte> data) override;
    void writeConfig(std::uint64_t offset, std::span<const std::byte> data) override;
    void activate(const ActivationResources& resources) override;
    void onQueueNotified(unsigned queue) override;
    void onQueueReset(unsigned queue, std::move_only_function<void()> done) override;
    void reset(std::move_only_function<void()> done) override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    struct Axis {
        std::uint16_t code = 0;
        std::uint32_t maximum = 0;
    };
    struct Description {
        std::string name;
        std::uint16_t product = 0;
        std::uint32_t pciClass = 0;
        std::map<std::uint16_t, std::vector<std::uint16_t>> events; ///< codes by event type
        std::vector<Axis> axes;
    };
    /// `loop` outlives the device.
    InputDevice(EventLoop& loop, Description description);

    // --- any thread, without locks
    /// A group without its SYN_REPORT. `mayReplace`: a newer group of this kind may take its place.
    void send(std::vector<Event> group, bool mayReplace);
    [[nodiscard]] bool isInUse() const;
    /// The driver sets something (a light). Loop thread.
    virtual void statusEvent(const Event& /*event*/) {}
    /// The driver came or went: nothing is held any more. Loop thread.
    virtual void useChanged() {}

private:
    struct Group {
        std::vector<Event> events;
        bool mayReplace = false;
    };
    [[nodiscard]] std::vector<std::byte> selected() const;
    void deliver();
    void readStatus(const DescriptorChain& chain);
    void setUse(bool inUse);

    EventLoop& m_loop;
    const Description m_description;
    std::function<void(bool)> m_onUse;
    std::uint8_t m_select = 0; // configuration accesses come one at a time
    std::uint8_t m_subselect = 0;
    mutable std::mutex m_mutex;
    std::deque<Group> m_waiting;           // guarded by m_mutex
    bool m_inUse = false;                  // guarded by m_mutex
    Virtqueue* m_events = nullptr;         // loop thread
    Virtqueue* m_status = nullptr;         // loop thread
    std::deque<DescriptorChain> m_buffers; // taken and not filled; loop thread
    LoopKick m_kick;
};

/// A keyboard with every key that has an evdev code below KEY_MICMUTE, and three lights.
class InputKeyboard final : public InputDevice, public KeyboardSink {
public:
    explicit InputKeyboard(EventLoop& loop);
    void key(KeyCode code, bool down) override;
    [[nodiscard]] KeyboardLeds leds() const override;
    /// Called when the guest has set the lights, on the loop. Set before use.
    void setLedCallback(std::function<void()> callback) { m_onLeds = std::move(callback); }

private:
    static constexpr KeyCode KeyCount = 249;
    void statusEvent(const Event& event) override;
    void useChanged() override;

    std::function<void()> m_onLeds;
    mutable std::mutex m_keyMutex;
    std::bitset<KeyCount> m_held; // guarded by m_keyMutex
    KeyboardLeds m_leds;          // guarded by m_keyMutex
};

/// A pointer: absolute with positions from 0 to PointerSink::AbsoluteMax, or relative. Five buttons, two
/// wheels.
class InputPointer final : public InputDevice, public PointerSink {
public:
    enum class Kind : std::uint8_t { Tablet, Mouse };
    InputPointer(EventLoop& loop, Kind kind);

    [[nodiscard]] bool isAbsolute() const override { return m_kind == Kind::Tablet; }
    void moveRelative(std::int32_t dx, std::int32_t dy) override;
    void moveAbsolute(std::uint16_t x, std::uint16_t y) override;
    void button(PointerButton button, bool down) override;
    void wheel(std::int32_t vertical, std::int32_t horizontal) override;
    void sync() override;

private:
    void useChanged() override;
    void add(std::uint16_t type, std::uint16_t code, std::int32_t value);

    const Kind m_kind;
    std::mutex m_groupMutex;
    std::vector<Event> m_group; // guarded by m_groupMutex
    bool m_onlyPosition = true; // guarded by m_groupMutex: the group holds nothing but an absolute position
    std::uint8_t m_buttons = 0; // guarded by m_groupMutex
};

} // namespace engine::virtio
