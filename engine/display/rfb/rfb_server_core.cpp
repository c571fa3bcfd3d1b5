// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/rfb_server_core.h"

#include "display/rfb/listen_socket.h"
#include "display/rfb/nettle_library.h"
#include "display/rfb/tls_transport.h"

#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace engine::display {

using rfb::SessionTerms;
using rfb::ViewerSession;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view Component = "rfb";
/// A viewer that has not asked for an update this long is not looking.
constexpr std::chrono::milliseconds LookingPause{1000};
/// The guest answers keys and clicks with lights and pointer modes within this time.
constexpr std::chrono::milliseconds InputModeDelay{100};
/// Each wrong password makes the next greeting on the network wait, up to this many seconds.
constexpr unsigned MaxRefusalDelay = 10;
constexpr std::chrono::seconds RefusalMemory{60};

} // namespace

RfbServer::Core::Core(EventLoop& loop, DisplaySource& source, KeyboardSink& keyboard, PointerSink& pointer,
                      Options options, Log& log)
    : m_loop(loop), m_source(source), m_keyboard(keyboard), m_pointer(pointer), m_options(std::move(options)),
      m_log(log)
{
    m_screen.name = m_options.name;
}

Result<> RfbServer::Core::prepare()
{
    constexpr std::uint32_t Width = 640;
    constexpr std::uint32_t Height = 480;
    m_blank = {.width = Width,
               .height = Height,
               .stride = Width * 4,
               .block = VM_TRY(HostBlock::create("blank-screen", std::uint64_t{Width} * Height * 4))};
    showFrame(m_source.currentFrame());
    m_screen.cursor = m_source.currentCursor();
    m_screen.pointerAt = m_source.pointerPosition();
    m_screen.leds = m_keyboard.leds();
    m_screen.absolutePointer = m_pointer.isAbsolute();
    m_source.addViewer(*this);
    // Nobody is connected yet: no picture is drawn, and none takes memory.
    m_sourceVisible = false;
    m_source.setVisible(*this, false);
    m_source.releasePicture(); // of a look between the two calls
    return {};
}

RfbServer::Core::~Core()
{
    m_source.removeViewer(*this);
    *m_alive = false;
    for (const auto timer : {m_interestTimer, m_inputTimer})
        if (timer != 0)
            m_loop.stopTimer(timer);
    m_countListener = nullptr;
    m_sessions.clear();
    m_ended.clear();
    stopListeningNetwork();
    if (m_local) {
        m_loop.unwatch(m_local->socket.get());
        ::unlink(m_local->path.c_str());
    }
}

void RfbServer::Core::adopt(UniqueFd socket, const SessionTerms& terms)
{
    if (m_sessions.size() >= m_options.maxViewers) {
        m_log.warning(Component, "A viewer was turned away: there are too many already.");
        return;
    }
    if (m_sessions.empty())
        preparePicture();
    auto session = std::make_unique<ViewerSession>(m_loop, *this, std::move(socket), terms, m_options.limits,
                                                   m_keyboard, m_pointer);
    if (const auto started = session->start(); !started) {
        m_log.warning(Component, "A viewer could not be served: " + started.error().message());
        return;
    }
    if (session->hasEnded())
        return;
    m_sessions.push_back(std::move(session));
    reportCount();
}

/// The first look of the first viewer finds the picture ready.
void RfbServer::Core::preparePicture()
{
    if (!std::exchange(m_sourceVisible, true))
        m_source.setVisible(*this, true);
    showFrame(m_source.refreshNow());
    checkInterest();
}

void RfbServer::Core::acceptOn(int listener, const SessionTerms& terms)
{
    while (auto socket = rfb::acceptViewer(listener)) {
        SessionTerms own = terms;
        if (!terms.local && steady_clock::now() - m_lastRefusal < RefusalMemory)
            own.greetingDelay = std::chrono::seconds(std::min(m_refusals, MaxRefusalDelay));
        adopt(std::move(*socket), own);
    }
}

Result<> RfbServer::Core::listenLocal(const std::string& path)
{
    UniqueFd socket = VM_TRY(rfb::listenOnPath(path));
    VM_TRY(m_loop.watch(socket.get(), EPOLLIN, [this, fd = socket.get()](std::uint32_t) {
        acceptOn(fd, {.security = {}, .credentials = {}, .local = true});
    }));
    m_local = Listener{std::move(socket), path};
    return {};
}

Result<std::uint16_t> RfbServer::Core::listenNetwork(const NetworkAccess& access)
{
    constexpr std::size_t MaxPassword = 8;
    if (access.password.empty() || access.password.size() > MaxPassword)
        return fail(ErrorCode::InvalidArgument,
                    "Viewers on the network need a password of 1 to 8 characters; "
                    "the protocol ignores whatever follows.");
    (void)VM_TRY(rfb::NettleLibrary::get());
    SessionTerms terms;
    terms.security.password = access.password;
    if (access.encrypt) {
        terms.security.tls = true;
        terms.security.certificate = !access.certificateFile.empty();
        terms.credentials =
            access.certificateFile.empty()
                ? VM_TRY(rfb::TlsCredentials::createAnonymous())
                : VM_TRY(rfb::TlsCredentials::createX509(access.certificateFile, access.keyFile));
    }
    stopListeningNetwork();
    auto bound = VM_TRY(rfb::listenOnAddress(access.address, access.port));
    VM_TRY(m_loop.watch(bound.socket.get(), EPOLLIN,
                        [this, fd = bound.socket.get(), terms](std::uint32_t) { acceptOn(fd, terms); }));
    m_network = Listener{std::move(bound.socket), {}};
    m_log.warning(Component, "The screen can be reached over the network.");
    return bound.port;
}

void RfbServer::Core::stopListeningNetwork()
{
    if (m_network)
        m_loop.unwatch(m_network->socket.get());
    m_network.reset();
}

void RfbServer::Core::setName(std::string name)
{
    m_screen.name = std::move(name);
    forEachSession([](ViewerSession& session) { session.nameChanged(); });
}

void RfbServer::Core::refreshInputMode()
{
    const KeyboardLeds leds = m_keyboard.leds();
    const bool absolute = m_pointer.isAbsolute();
    if (leds == m_screen.leds && absolute == m_screen.absolutePointer)
        return;
    m_screen.leds = leds;
    m_screen.absolutePointer = absolute;
    forEachSession([](ViewerSession& session) { session.inputModeChanged(); });
}

void RfbServer::Core::postInputMode()
{
    m_loop.post([this, alive = m_alive] {
        if (*alive)
            refreshInputMode();
    });
}

void RfbServer::Core::setViewerCountListener(std::function<void(std::size_t)> listener)
{
    m_countListener = std::move(listener);
}

void RfbServer::Core::reportCount()
{
    if (m_countListener)
        m_countListener(m_sessions.size());
}

void RfbServer::Core::inputArrived()
{
    m_source.expectActivity();
    if (m_inputTimer != 0)
        return;
    m_inputTimer = m_loop.startTimer(steady_clock::now() + InputModeDelay, [this] {
        m_inputTimer = 0;
        refreshInputMode();
    });
}

bool RfbServer::Core::resizeRequested(std::uint32_t width, std::uint32_t height)
{
    return m_source.requestSize(width, height);
}

void RfbServer::Core::passwordRefused()
{
    if (steady_clock::now() - m_lastRefusal >= RefusalMemory)
        m_refusals = 0;
    ++m_refusals;
    m_lastRefusal = steady_clock::now();
}

void RfbServer::Core::sessionEnded(ViewerSession& session, std::string_view reason)
{
    if (!reason.empty())
        m_log.info(Component, "A viewer was dropped. " + std::string(reason));
    const auto found = std::ranges::find(m_sessions, &session, &std::unique_ptr<ViewerSession>::get);
    if (found == m_sessions.end())
        return; // it failed while it was being started
    m_ended.push_back(std::move(*found));
    m_sessions.erase(found);
    m_loop.defer([this, alive = m_alive] {
        if (*alive)
            reapSessions();
    });
    checkInterest();
    if (m_sessions.empty() && !m_sourceVisible)
        m_source.releasePicture();
    reportCount();
}

void RfbServer::Core::reapSessions()
{
    m_ended.clear();
}

bool RfbServer::Core::anyoneWatches() const
{
    return std::ranges::any_of(m_sessions, [](const auto& session) { return session->wantsFrames(); });
}

void RfbServer::Core::interestChanged()
{
    if (!m_sourceVisible || m_interestTimer == 0)
        checkInterest();
}

/// Becoming visible is told at once, becoming hidden only after a pause: between two update requests
/// nobody is waiting, yet everybody is looking.
void RfbServer::Core::checkInterest()
{
    if (anyoneWatches()) {
        if (!std::exchange(m_sourceVisible, true))
            m_source.setVisible(*this, true);
        return;
    }
    if (!m_sourceVisible || m_interestTimer != 0)
        return;
    m_interestTimer = m_loop.startTimer(steady_clock::now() + LookingPause, [this] {
        m_interestTimer = 0;
        if (anyoneWatches() || !m_sourceVisible)
            return;
        m_sourceVisible = false;
        m_source.setVisible(*this, false);
        // A viewer that is only hidden still has the picture.
        if (m_sessions.empty())
            m_source.releasePicture();
    });
}

void RfbServer::Core::frameChanged(const FrameDescriptor& frame)
{
    const std::scoped_lock lock(m_mailbox->mutex);
    m_mailbox->frame = frame;
    m_mailbox->move.reset();
    m_mailbox->damage.clear();
    postMailbox();
}

void RfbServer::Core::damaged(const FrameDescriptor& /*frame*/, const DamageRegion& damage)
{
    const std::scoped_lock lock(m_mailbox->mutex);
    m_mailbox->damage.add(damage);
    postMailbox();
}

void RfbServer::Core::moved(const FrameDescriptor& frame, const RowMove& move)
{
    const std::scoped_lock lock(m_mailbox->mutex);
    // A move only makes sense to those who have seen everything before it.
    if (!m_mailbox->posted)
        m_mailbox->move = move;
    else
        m_mailbox->damage.add({.x = 0, .y = move.to, .width = frame.width, .height = move.rows});
    postMailbox();
}

void RfbServer::Core::pointerMoved(PointerPosition position)
{
    const std::scoped_lock lock(m_mailbox->mutex);
    m_mailbox->pointer = position;
    postMailbox();
}

void RfbServer::Core::cursorChanged(const std::shared_ptr<const CursorShape>& cursor)
{
    const std::scoped_lock lock(m_mailbox->mutex);
    m_mailbox->cursor = cursor;
    m_mailbox->cursorChanged = true;
    postMailbox();
}

void RfbServer::Core::postMailbox()
{
    if (std::exchange(m_mailbox->posted, true))
        return;
    m_loop.post([this, alive = m_alive] {
        if (*alive)
            readMailbox();
    });
}

void RfbServer::Core::showFrame(const FrameDescriptor& frame)
{
    m_screen.frame = frame.isValid() && isContained(frame) ? frame : m_blank;
}

void RfbServer::Core::readMailbox()
{
    std::optional<FrameDescriptor> frame;
    std::optional<RowMove> move;
    DamageRegion damage;
    std::optional<std::shared_ptr<const CursorShape>> cursor;
    std::optional<PointerPosition> pointer;
    {
        const std::scoped_lock lock(m_mailbox->mutex);
        m_mailbox->posted = false;
        frame = std::exchange(m_mailbox->frame, std::nullopt);
        move = std::exchange(m_mailbox->move, std::nullopt);
        damage = std::exchange(m_mailbox->damage, {});
        pointer = std::exchange(m_mailbox->pointer, std::nullopt);
        if (std::exchange(m_mailbox->cursorChanged, false))
            cursor = m_mailbox->cursor;
    }
    if (frame)
        showFrame(*frame);
    if (cursor)
        m_screen.cursor = *cursor;
    if (pointer)
        m_screen.pointerAt = *pointer;
    forEachSession([&](ViewerSession& session) {
        if (cursor)
            session.cursorChanged();
        if (pointer)
            session.pointerMoved();
        if (!frame && move)
            session.moved(*move);
        if (frame)
            session.frameChanged();
        else if (!damage.isEmpty() || move)
            session.damaged(damage);
    });
}

/// A session may end, and so leave the list, while it is told.
void RfbServer::Core::forEachSession(const std::function<void(ViewerSession&)>& tell)
{
    for (std::size_t i = 0; i < m_sessions.size();) {
        ViewerSession& session = *m_sessions[i];
        tell(session);
        if (i < m_sessions.size() && m_sessions[i].get() == &session)
            ++i;
    }
}

} // namespace engine::display
