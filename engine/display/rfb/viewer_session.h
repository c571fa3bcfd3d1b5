// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/unique_fd.h"
#include "display/rfb/handshake.h"
#include "display/rfb/transport.h"
#include "display/rfb/viewer_input.h"
#include "display/rfb/viewer_picture.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine::display::rfb {

class TlsCredentials;
class ViewerSession;

/// The times after which a viewer is given up.
struct SessionLimits {
    std::chrono::milliseconds handshake{10'000}; ///< to finish the greeting and the password
    std::chrono::milliseconds stall{30'000};     ///< without taking a byte of what waits for it
};

/// How one connection came to be and what it may do.
struct SessionTerms {
    SecurityPolicy security;
    std::shared_ptr<TlsCredentials> credentials; ///< where security.tls
    bool local = false;                          ///< a UNIX socket: may share memory
    std::chrono::milliseconds greetingDelay{0};  ///< brake after wrong passwords
};

/// What a session asks of the server around it. All calls on the loop's thread.
class SessionHost {
public:
    virtual ~SessionHost() = default;
    [[nodiscard]] virtual const Screen& screen() const = 0;
    /// The viewer has pressed or moved something.
    virtual void inputArrived() = 0;
    virtual bool resizeRequested(std::uint32_t width, std::uint32_t height) = 0;
    /// wantsFrames() may have changed.
    virtual void interestChanged() = 0;
    virtual void passwordRefused() = 0;
    /// The session is over and may be destroyed from the next turn of the loop on.
    virtual void sessionEnded(ViewerSession& session, std::string_view reason) = 0;
};

/// One connected viewer. Loop thread only. Whatever goes wrong ends this session and nothing else.
class ViewerSession {
public:
    ViewerSession(EventLoop& loop, SessionHost& host, UniqueFd socket, SessionTerms terms,
                  SessionLimits limits, KeyboardSink& keyboard, PointerSink& pointer);
    ~ViewerSession();
    ViewerSession(const ViewerSession&) = delete;
    ViewerSession& operator=(const ViewerSession&) = delete;
    ViewerSession(ViewerSession&&) = delete;
    ViewerSession& operator=(ViewerSession&&) = delete;

    [[nodiscard]] Result<> start();

    /// The screen has changed; tell the viewer when it takes it.
    void frameChanged();
    void damaged(const DamageRegion& damage);
    void moved(const RowMove& move);
    void cursorChanged();
    void pointerMoved();
    void nameChanged();
    /// Lock lights or the kind of pointer, see Screen.
    void inputModeChanged() { flush(); }

    /// The viewer is past its greeting and looks at the screen.
    [[nodiscard]] bool wantsFrames() const { return m_running && m_visible && m_picture.isWaiting(); }
    [[nodiscard]] bool isRunning() const { return m_running && !m_ended; }
    [[nodiscard]] bool hasEnded() const { return m_ended; }
    /// Output that waits for the viewer, in bytes.
    [[nodiscard]] std::size_t backlog() const { return m_out.size() - m_outSent; }

private:
    void onEvents(std::uint32_t events);
    void readInput();
    void consumeInput();
    [[nodiscard]] Result<bool> consumeGreeting();
    [[nodiscard]] Result<bool> consumeMessage();
    void startTls();
    void advanceTls();
    void flush();
    void writePending();
    void watchEvents();
    void armStallTimer();
    void checkStall();
    void end(std::string_view reason);

    void handle(const SetPixelFormat& message) { m_picture.setPixelFormat(message.format); }
    void handle(const SetEncodings& message);
    void handle(const UpdateRequest& message);
    void handle(const KeyEvent& message);
    void handle(const PointerEvent& message);
    void handle(const CutText&) {}
    void handle(const EnableContinuousUpdates& message);
    void handle(const Fence& message);
    void handle(const SetDesktopSize& message);
    void handle(const SharedFrameControl& message);

    EventLoop& m_loop;
    SessionHost& m_host;
    UniqueFd m_socket;
    SessionTerms m_terms;
    const SessionLimits m_limits;
    std::unique_ptr<Transport> m_transport;
    Handshake m_handshake;
    ViewerPicture m_picture;
    ViewerInput m_input;
    std::vector<std::byte> m_in;
    std::size_t m_inTaken = 0;
    std::vector<UniqueFd> m_descriptors; ///< came with m_in, not claimed yet
    ByteWriter m_out;
    std::size_t m_outSent = 0;
    std::size_t m_replyBytes = 0; ///< answers since the output was last empty
    std::uint32_t m_events = 0;
    bool m_running = false, m_visible = true, m_ended = false, m_securing = false;
    std::chrono::steady_clock::time_point m_lastProgress;
    EventLoop::TimerId m_handshakeTimer = 0, m_stallTimer = 0, m_delayTimer = 0;
};

} // namespace engine::display::rfb
