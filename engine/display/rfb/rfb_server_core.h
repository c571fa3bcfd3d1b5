// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/rfb_server.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <set>

namespace engine::display {

/// The part of RfbServer that lives on the loop's thread: listeners, sessions, the shared state of
/// the screen.
class RfbServer::Core final : public rfb::SessionHost, public DisplayViewer {
public:
    Core(EventLoop& loop, DisplaySource& source, KeyboardSink& keyboard, PointerSink& pointer,
         Options options, Log& log);
    ~Core() override;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    Core(Core&&) = delete;
    Core& operator=(Core&&) = delete;

    [[nodiscard]] Result<> prepare();
    void adopt(UniqueFd socket, const rfb::SessionTerms& terms);
    [[nodiscard]] Result<> listenLocal(const std::string& path);
    [[nodiscard]] Result<std::uint16_t> listenNetwork(const NetworkAccess& access);
    void stopListeningNetwork();
    void setName(std::string name);
    void refreshInputMode();
    /// Any thread.
    void postInputMode();
    void setViewerCountListener(std::function<void(std::size_t)> listener);

    // SessionHost
    [[nodiscard]] const rfb::Screen& screen() const override { return m_screen; }
    void inputArrived() override;
    bool resizeRequested(std::uint32_t width, std::uint32_t height) override;
    void interestChanged() override;
    void passwordRefused() override;
    void sessionEnded(rfb::ViewerSession& session, std::string_view reason) override;

    // DisplayViewer: on the source's loop, which may be another one.
    void frameChanged(const FrameDescriptor& frame) override;
    void damaged(const FrameDescriptor& frame, const DamageRegion& damage) override;
    void moved(const FrameDescriptor& frame, const RowMove& move) override;
    void cursorChanged(const std::shared_ptr<const CursorShape>& cursor) override;
    void pointerMoved(PointerPosition position) override;

private:
    /// What the source has said since the loop last looked: merged, so that a busy loop costs nothing.
    struct Mailbox {
        std::mutex mutex;
        bool posted = false;                       // guarded by mutex
        std::optional<FrameDescriptor> frame;      // guarded by mutex
        std::optional<RowMove> move;               // guarded by mutex; before the damage
        DamageRegion damage;                       // guarded by mutex
        std::optional<PointerPosition> pointer;    // guarded by mutex
        bool cursorChanged = false;                // guarded by mutex
        std::shared_ptr<const CursorShape> cursor; // guarded by mutex
    };
    void postMailbox();
    void readMailbox();
    void preparePicture();
    void showFrame(const FrameDescriptor& frame);
    void acceptOn(int listener, const rfb::SessionTerms& terms);
    void reapSessions();
    void forEachSession(const std::function<void(rfb::ViewerSession&)>& tell);
    void reportCount();
    void checkInterest();
    [[nodiscard]] bool anyoneWatches() const;

    EventLoop& m_loop;
    DisplaySource& m_source;
    KeyboardSink& m_keyboard;
    PointerSink& m_pointer;
    Options m_options;
    Log& m_log;
    rfb::Screen m_screen;
    FrameDescriptor m_blank;
    std::vector<std::unique_ptr<rfb::ViewerSession>> m_sessions;
    std::vector<std::unique_ptr<rfb::ViewerSession>> m_ended;
    struct Listener {
        UniqueFd socket;
        std::string path; ///< to remove in the end; empty for the network
    };
    std::optional<Listener> m_local, m_network;
    bool m_sourceVisible = true;
    EventLoop::TimerId m_interestTimer = 0, m_inputTimer = 0;
    unsigned m_refusals = 0;
    std::chrono::steady_clock::time_point m_lastRefusal;
    std::function<void(std::size_t)> m_countListener;
    std::shared_ptr<Mailbox> m_mailbox = std::make_shared<Mailbox>();
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< loop thread only; for late tasks
};

} // namespace engine::display
