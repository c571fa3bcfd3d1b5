// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "devices/input/input_sink.h"
#include "display/display_source.h"
#include "vm/vm_config.h"
#include "vm/vm_state.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine {

namespace net {
class GuestNetwork;
}

/// One step of a guest's start, for the boot timeline and for explaining what happens.
struct Milestone {
    std::chrono::milliseconds at{0}; ///< since start(), not counting pauses
    std::string name;                ///< "firmware", "acpi-tables", "disk-read", "kernel", "reset" ...
    std::string detail;              ///< English; may be empty
};

/// Something that the user should know or decide while the guest runs on or waits.
struct VmProblem {
    ErrorCode code{};
    std::string text; ///< one English sentence
};

/// Told about a VM's events on its control thread, one at a time. Implementations return at once and
/// never wait for the VM.
class VmObserver {
public:
    virtual ~VmObserver() = default;
    /// `reason` explains Failed, and Stopped where it was not asked for; else it is empty.
    virtual void onStateChanged(VmState state, const std::string& reason) = 0;
    virtual void onMilestone(const Milestone& /*milestone*/) {}
    virtual void onProblem(const VmProblem& /*problem*/) {}
    /// The guest's keyboard lights have changed, or the device that takes its keys or its pointer.
    virtual void onInputChanged() {}
    virtual void onLog(const LogEntry& /*entry*/) {} ///< on the thread that logs
};

struct VmStatistics {
    std::chrono::nanoseconds cpuTime{0}; ///< of the vCPU threads
    std::uint64_t exits = 0;             ///< returns from the guest that user space handled
    std::uint64_t assistedInstructions = 0;
    std::uint64_t touchedMemoryBytes = 0; ///< guest RAM that the host has given pages to
    std::uint64_t diskReadBytes = 0;
    std::uint64_t diskWrittenBytes = 0;
    std::uint64_t networkReceivedBytes = 0;
    std::uint64_t networkSentBytes = 0;
};

/// The text on a guest's screen in a text mode.
struct ScreenTextView {
    std::uint32_t columns = 0;
    std::uint32_t rows = 0;
    std::vector<std::string> lines; ///< UTF-8, one for each row
    std::uint32_t cursorColumn = 0;
    std::uint32_t cursorRow = 0;
};

/// Where a serial port's bytes go, and where they come from.
class SerialBackend {
public:
    virtual ~SerialBackend() = default;
    /// Guest to host, on a vCPU thread; must not block for long.
    virtual void write(std::span<const std::uint8_t> bytes) = 0;
    /// `receive` takes bytes for the guest and returns how many it had room for; from any thread,
    /// until detach().
    virtual void attach(std::function<std::size_t(std::span<const std::uint8_t>)> receive) = 0;
    virtual void detach() = 0;
};

/// One virtual machine. Methods named request... post a message to the control thread, which alone
/// owns the state, and return at once; `done` is called there when the request has been carried out or
/// refused. Everything may be called from any thread, unless said otherwise; nothing waits for a vCPU.
class Vm {
public:
    using Done = std::move_only_function<void(Result<>)>;

    /// Opens /dev/kvm, firmware, kernel and disks and builds the machine; state Created. `observer`
    /// outlives the Vm. `serial` may be null.
    [[nodiscard]] static Result<std::unique_ptr<Vm>> create(VmConfig config, VmObserver& observer,
                                                            std::shared_ptr<SerialBackend> serial = nullptr);
    /// Stops the guest without ceremony, flushes its disks and joins every thread.
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;
    Vm(Vm&&) = delete;
    Vm& operator=(Vm&&) = delete;

    void requestStart(Done done = {});
    void requestPause(Done done = {});
    void requestResume(Done done = {});
    void requestReset(Done done = {});
    /// Presses the ACPI power button; the guest decides what that means.
    void requestPowerButton(Done done = {});
    /// Force off.
    void requestStop(Done done = {});
    /// Puts another disc into CD drive `drive`, or takes it out (empty path).
    void requestCdChange(std::size_t drive, std::string path, Done done = {});

    // --- one of the guest's network cards, from 0; callable while the guest runs. The errors say which
    // port cannot be had and what to do.
    [[nodiscard]] Result<> addForward(std::size_t network, const PortForward& rule);
    /// By protocol, host address and host port.
    [[nodiscard]] Result<> removeForward(std::size_t network, const PortForward& rule);
    [[nodiscard]] Result<std::vector<PortForward>> forwards(std::size_t network);
    /// Null where there is no such card.
    [[nodiscard]] net::GuestNetwork* network(std::size_t network);

    [[nodiscard]] VmState state() const;
    [[nodiscard]] std::string stateReason() const;
    [[nodiscard]] const VmConfig& config() const;
    [[nodiscard]] std::chrono::milliseconds uptime() const;
    [[nodiscard]] VmStatistics statistics() const;
    [[nodiscard]] std::vector<Milestone> milestones() const;
    [[nodiscard]] std::vector<LogEntry> logEntries() const;

    /// Leads to the keyboard that the guest's driver has begun to use last.
    [[nodiscard]] KeyboardSink& keyboard();
    /// Leads to the tablet once the guest's driver uses it, else to the mouse; isAbsolute() tells which.
    [[nodiscard]] PointerSink& pointer();
    /// Which devices those are now: "ps2", "usb", "virtio".
    struct InputRoute {
        std::string keyboard;
        std::string pointer;
    };
    [[nodiscard]] InputRoute inputRoute() const;
    /// One of the guest's keyboards, whether or not the guest uses it; null for one that it has not.
    [[nodiscard]] KeyboardSink* keyboardNamed(const std::string& name);
    /// Null without a display.
    [[nodiscard]] display::DisplaySource* display();
    /// Unsupported in a graphics mode; the message names the mode.
    [[nodiscard]] Result<ScreenTextView> screenText();
    /// Writes the present picture as PNG.
    [[nodiscard]] Result<> screenshot(const std::filesystem::path& file);

private:
    class Impl;
    explicit Vm(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace engine
