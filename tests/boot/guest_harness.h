// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "vm/vm.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace boot {

/// Collects what a guest writes to its serial port.
class SerialLog final : public engine::SerialBackend {
public:
    void write(std::span<const std::uint8_t> bytes) override;
    void attach(std::function<std::size_t(std::span<const std::uint8_t>)> receive) override;
    void detach() override;
    [[nodiscard]] std::string text() const;
    void type(std::string_view text);

private:
    mutable std::mutex m_mutex;
    std::string m_text;                                                  // guarded by m_mutex
    std::function<std::size_t(std::span<const std::uint8_t>)> m_receive; // guarded by m_mutex
};

/// One guest under test: starts it, waits for what it shows, types.
class Guest final : private engine::VmObserver {
public:
    explicit Guest(engine::VmConfig config);
    ~Guest() override;
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    Guest(Guest&&) = delete;
    Guest& operator=(Guest&&) = delete;

    /// False with the reason in error() when the machine cannot be made.
    [[nodiscard]] bool start();
    [[nodiscard]] engine::Vm& vm() { return *m_vm; }
    [[nodiscard]] const std::string& error() const { return m_error; }

    /// True when `text` appears within `limit`; the texts that were there instead are in last().
    [[nodiscard]] bool waitForScreen(const std::string& text, std::chrono::seconds limit);
    [[nodiscard]] bool waitForSerial(const std::string& text, std::chrono::seconds limit);
    [[nodiscard]] bool waitForState(engine::VmState state, std::chrono::seconds limit);
    [[nodiscard]] std::string screen();
    [[nodiscard]] std::string serial() const { return m_serial->text(); }
    [[nodiscard]] SerialLog& serialLog() { return *m_serial; }
    [[nodiscard]] std::string reason();

    /// One key by its evdev code, pressed and released.
    void press(engine::KeyCode code);
    /// Plain lower-case text, digits, space, '*' and Enter ('\n').
    void type(std::string_view text);

    /// Runs a request and waits for its outcome.
    [[nodiscard]] engine::Result<> run(void (engine::Vm::*request)(engine::Vm::Done));

private:
    void onStateChanged(engine::VmState state, const std::string& reason) override;

    engine::VmConfig m_config;
    std::shared_ptr<SerialLog> m_serial = std::make_shared<SerialLog>();
    std::string m_error;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    engine::VmState m_state = engine::VmState::Created; // guarded by m_mutex
    std::string m_reason;                               // guarded by m_mutex
    std::unique_ptr<engine::Vm> m_vm;
};

/// Where guests for tests lie; skip when absent.
[[nodiscard]] std::filesystem::path sharedGuests();
[[nodiscard]] bool kvmIsUsable();

} // namespace boot

// The reason is printed, and a test that could not run is never counted as passed.
#define REQUIRE_KVM()                                                                                        \
    if (!boot::kvmIsUsable())                                                                                \
    GTEST_SKIP() << "/dev/kvm is missing or not permitted"
#define REQUIRE_FILE(path)                                                                                   \
    if (!std::filesystem::exists(path))                                                                      \
    GTEST_SKIP() << "not on this machine: " << (path)
