// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/viewer_session.h"

#include "display/rfb/tls_transport.h"

#include <sys/epoll.h>

#include <array>
#include <utility>

namespace engine::display::rfb {
namespace {

constexpr std::size_t ReadStep = std::size_t{64} * 1024;
/// Answers (fences and the like) that may pile up for a viewer that does not read.
constexpr std::size_t MaxReplyBytes = std::size_t{1024} * 1024;

} // namespace

ViewerSession::ViewerSession(EventLoop& loop, SessionHost& host, UniqueFd socket, SessionTerms terms,
                             SessionLimits limits, KeyboardSink& keyboard, PointerSink& pointer)
    : m_loop(loop), m_host(host), m_socket(std::move(socket)), m_terms(std::move(terms)), m_limits(limits),
      m_transport(makeSocketTransport(m_socket.get())), m_handshake(m_terms.security),
      m_picture(host.screen()), m_input(keyboard, pointer)
{}

ViewerSession::~ViewerSession()
{
    for (const auto timer : {m_handshakeTimer, m_stallTimer, m_delayTimer})
        if (timer != 0)
            m_loop.stopTimer(timer);
    if (m_events != 0)
        m_loop.unwatch(m_socket.get());
}

Result<> ViewerSession::start()
{
    VM_TRY(m_loop.watch(m_socket.get(), EPOLLIN, [this](std::uint32_t events) { onEvents(events); }));
    m_events = EPOLLIN;
    const auto now = std::chrono::steady_clock::now();
    m_handshakeTimer = m_loop.startTimer(now + m_limits.handshake + m_terms.greetingDelay, [this] {
        m_handshakeTimer = 0;
        end("It did not finish its greeting in time.");
    });
    const auto greet = [this] {
        m_delayTimer = 0;
        if (m_ended)
            return;
        m_handshake.begin(m_out);
        writePending();
    };
    if (m_terms.greetingDelay.count() > 0)
        m_delayTimer = m_loop.startTimer(now + m_terms.greetingDelay, greet);
    else
        greet();
    return {};
}

void ViewerSession::onEvents(std::uint32_t events)
{
    if (m_ended)
        return;
    if (m_securing) {
        advanceTls();
        return;
    }
    if ((events & EPOLLOUT) != 0)
        writePending();
    if (!m_ended && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        readInput();
    if (!m_ended)
        flush();
}

void ViewerSession::readInput()
{
    std::array<std::byte, ReadStep> piece;
    do {
        const IoResult got = m_transport->read(piece, m_descriptors);
        m_in.insert(m_in.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got.bytes));
        consumeInput();
        if (!m_ended && got.state == IoState::Closed)
            end({});
    } while (!m_ended && m_transport->hasBufferedInput());
}

void ViewerSession::consumeInput()
{
    bool more = true;
    while (more && !m_ended && !m_securing) {
        const auto step = m_running ? consumeMessage() : consumeGreeting();
        if (!step) {
            writePending(); // a last word, such as the reason of a refusal
            end(step.error().detail);
            return;
        }
        more = *step;
    }
    m_in.erase(m_in.begin(), m_in.begin() + static_cast<std::ptrdiff_t>(std::exchange(m_inTaken, 0)));
}

/// True when something was taken and there may be more.
Result<bool> ViewerSession::consumeGreeting()
{
    const auto input = std::span<const std::byte>(m_in).subspan(m_inTaken);
    const auto taken = m_handshake.advance(input, m_out);
    if (!taken) {
        if (m_handshake.wasRefused())
            m_host.passwordRefused();
        return std::unexpected(taken.error());
    }
    m_inTaken += *taken;
    if (m_handshake.wantsTls()) {
        startTls();
        return false;
    }
    if (m_handshake.isFinished()) {
        m_loop.stopTimer(std::exchange(m_handshakeTimer, 0));
        m_running = true;
        m_picture.writeServerInit(m_out);
    }
    writePending();
    return m_running;
}

Result<bool> ViewerSession::consumeMessage()
{
    const auto input = std::span<const std::byte>(m_in).subspan(m_inTaken);
    const auto parsed = VM_TRY(
        parseClientMessage(input, {.extendedMouseButtons = m_picture.features().extendedMouseButtons}));
    if (!parsed)
        return false;
    m_inTaken += parsed->length;
    const std::size_t before = m_out.size();
    std::visit([this](const auto& message) { handle(message); }, parsed->message);
    m_replyBytes += m_out.size() - before;
    if (m_replyBytes > MaxReplyBytes)
        return fail(ErrorCode::Corrupt, "It asks without listening to the answers.");
    return true;
}

void ViewerSession::startTls()
{
    if (m_inTaken != m_in.size()) {
        end("It spoke before the encryption was agreed.");
        return;
    }
    writePending();
    m_transport = makeTlsTransport(m_socket.get(), m_terms.credentials);
    m_securing = true;
    advanceTls();
}

void ViewerSession::advanceTls()
{
    const auto finished = advanceTlsHandshake(*m_transport);
    if (!finished) {
        end(finished.error().detail);
        return;
    }
    if (!*finished) {
        watchEvents();
        return;
    }
    m_securing = false;
    m_handshake.tlsStarted(m_out);
    writePending();
    if (!m_ended && m_transport->hasBufferedInput())
        readInput();
}

void ViewerSession::handle(const SetEncodings& message)
{
    m_picture.setEncodings(message.encodings, m_terms.local, m_out);
}

void ViewerSession::handle(const UpdateRequest& message)
{
    m_picture.request(message);
    m_host.interestChanged();
}

void ViewerSession::handle(const KeyEvent& message)
{
    m_input.key(message);
    m_host.inputArrived();
}

void ViewerSession::handle(const PointerEvent& message)
{
    m_input.pointer(message, m_picture.width(), m_picture.height(), m_picture.reportsMotion());
    m_host.inputArrived();
}

void ViewerSession::handle(const EnableContinuousUpdates& message)
{
    m_picture.setContinuous(message, m_out);
    m_host.interestChanged();
}

/// We do everything in order, so every fence is passed by the time it is read.
void ViewerSession::handle(const Fence& message)
{
    if ((message.flags & FenceRequest) == 0)
        return;
    m_out.u8(static_cast<std::uint8_t>(ServerMessageType::Fence));
    m_out.zeros(3);
    m_out.u32(message.flags & (FenceBlockBefore | FenceBlockAfter | FenceSyncNext));
    m_out.u8(static_cast<std::uint8_t>(message.payload.size()));
    m_out.bytes(message.payload);
}

void ViewerSession::handle(const SetDesktopSize& message)
{
    if (message.width == 0 || message.height == 0 || message.screens == 0)
        m_picture.answerResize(ResizeStatus::InvalidLayout);
    else if (m_host.resizeRequested(message.width, message.height))
        m_picture.answerResize(ResizeStatus::Forwarded);
    else
        m_picture.answerResize(ResizeStatus::Prohibited);
}

void ViewerSession::handle(const SharedFrameControl& message)
{
    switch (message.operation) {
    case SharedFrameControl::Operation::Attach:
        if (m_terms.local && !m_descriptors.empty())
            m_picture.attachSharedFrame(std::move(m_descriptors.front()));
        m_descriptors.clear();
        break;
    case SharedFrameControl::Operation::Hide:
    case SharedFrameControl::Operation::Show:
        m_visible = message.operation == SharedFrameControl::Operation::Show;
        m_host.interestChanged();
        break;
    }
}

void ViewerSession::frameChanged()
{
    m_picture.frameChanged();
    flush();
}

void ViewerSession::damaged(const DamageRegion& damage)
{
    m_picture.damaged(damage);
    flush();
}

void ViewerSession::cursorChanged()
{
    m_picture.cursorChanged();
    flush();
}

void ViewerSession::moved(const RowMove& move)
{
    m_picture.moved(move); // a damaged() follows
}

void ViewerSession::pointerMoved()
{
    m_picture.pointerMoved();
    flush();
}

void ViewerSession::nameChanged()
{
    m_picture.nameChanged();
    flush();
}

/// Nothing new is encoded while the viewer still chews on the last update: changes merge instead.
void ViewerSession::flush()
{
    if (!isRunning())
        return;
    if (backlog() == 0 && m_visible)
        m_picture.writeUpdate(m_out);
    if (backlog() != 0)
        writePending();
}

void ViewerSession::writePending()
{
    while (backlog() != 0) {
        const IoResult put = m_transport->write(m_out.data().subspan(m_outSent));
        m_outSent += put.bytes;
        if (put.bytes != 0)
            m_lastProgress = std::chrono::steady_clock::now();
        if (put.state == IoState::Closed) {
            end({});
            return;
        }
        if (put.state == IoState::WouldBlock)
            break;
    }
    if (backlog() == 0) {
        m_out.clear();
        m_outSent = 0;
        m_replyBytes = 0;
    } else {
        armStallTimer();
    }
    watchEvents();
}

void ViewerSession::watchEvents()
{
    const std::uint32_t events = EPOLLIN | (backlog() != 0 ? std::uint32_t{EPOLLOUT} : 0U);
    if (events == m_events)
        return;
    m_events = events;
    (void)m_loop.changeEvents(m_socket.get(), events);
}

void ViewerSession::armStallTimer()
{
    if (m_stallTimer != 0)
        return;
    m_lastProgress = std::chrono::steady_clock::now();
    m_stallTimer = m_loop.startTimer(m_lastProgress + m_limits.stall, [this] { checkStall(); });
}

void ViewerSession::checkStall()
{
    m_stallTimer = 0;
    if (backlog() == 0)
        return;
    if (std::chrono::steady_clock::now() - m_lastProgress >= m_limits.stall) {
        end("It stopped taking updates.");
        return;
    }
    m_stallTimer = m_loop.startTimer(m_lastProgress + m_limits.stall, [this] { checkStall(); });
}

void ViewerSession::end(std::string_view reason)
{
    if (std::exchange(m_ended, true))
        return;
    m_input.releaseAll();
    if (std::exchange(m_events, 0) != 0)
        m_loop.unwatch(m_socket.get());
    m_host.sessionEnded(*this, reason);
}

} // namespace engine::display::rfb
