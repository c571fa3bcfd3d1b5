// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/rfb_server.h"
#include "runtime/control_server.h"
#include "runtime/key_names.h"
#include "runtime/runtime_folder.h"
#include "vm/vm.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace app {

/// One guest run by this process: the Vm, its runtime folder, its control socket and its RFB socket.
/// The command line and the window both run guests through this class. Any thread.
class GuestRunner final : private engine::VmObserver, private ControlHandler {
public:
    /// Builds everything and starts the guest.
    [[nodiscard]] static engine::Result<std::unique_ptr<GuestRunner>> start(engine::VmConfig config);
    ~GuestRunner() override;
    GuestRunner(const GuestRunner&) = delete;
    GuestRunner& operator=(const GuestRunner&) = delete;
    GuestRunner(GuestRunner&&) = delete;
    GuestRunner& operator=(GuestRunner&&) = delete;

    [[nodiscard]] engine::Vm& vm() { return *m_vm; }
    [[nodiscard]] const RuntimeFolder& folder() const { return m_folder; }

    struct End {
        engine::VmState state{}; ///< Stopped or Failed
        std::string reason;
    };
    /// nullopt while the guest lives.
    [[nodiscard]] std::optional<End> end() const;
    /// Readable from when the guest has ended; for poll().
    [[nodiscard]] int endFd() const { return m_ended.fd(); }

private:
    GuestRunner(RuntimeFolder folder, engine::EventFd ended)
        : m_folder(std::move(folder)), m_ended(std::move(ended))
    {}

    void onStateChanged(engine::VmState state, const std::string& reason) override;
    void onInputChanged() override;
    void onMilestone(const engine::Milestone& milestone) override;
    void onProblem(const engine::VmProblem& problem) override;
    void onLog(const engine::LogEntry& entry) override;
    void handle(const std::string& verb, const nlohmann::json& parameters, Reply reply) override;

    [[nodiscard]] engine::Result<> showScreen();
    void answerStatus(const Reply& reply);
    void answerScreenText(const Reply& reply);
    void answerHistory(const std::string& verb, const Reply& reply);
    void typeText(const std::string& text, Reply reply);
    void typeNext(std::vector<KeyChord> chords, Reply reply); // from the back; on m_loop
    void pressChord(const KeyChord& chord);
    void broadcast(const nlohmann::json& event);

    RuntimeFolder m_folder;
    engine::EventFd m_ended;
    mutable std::mutex m_mutex;
    std::optional<End> m_end; // guarded by m_mutex
    std::shared_ptr<engine::SerialBackend> m_serial;
    std::unique_ptr<engine::EventLoop> m_loop; // control socket, typing
    bool m_isClosing = false;                  // m_loop's thread only
    std::unique_ptr<engine::Vm> m_vm;
    std::unique_ptr<engine::EventLoop> m_screenLoop; // RFB; encoding for remote viewers takes time
    engine::Log m_screenLog;
    std::unique_ptr<engine::display::RfbServer> m_rfb; // guarded by m_mutex while the guest's input changes
    std::unique_ptr<ControlServer> m_server;           // guarded by m_mutex while events are sent
};

} // namespace app
