// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/client_session.h"

#include "rfb/key_numbers.h"
#include "rfb/outgoing_messages.h"
#include "rfb/rect_payloads.h"
#include "rfb/shared_frame_receiver.h"

#include <gnutls/gnutls.h>
#include <rfb/rfbclient.h>
#undef TRUE
#undef FALSE
#undef LOCK
#undef UNLOCK
#undef MUTEX
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace console {
namespace {

constexpr rfbBool Yes = -1; // the library's TRUE
constexpr rfbBool No = 0;

rfbBool toLibrary(bool value)
{
    return value ? Yes : No;
}

constexpr int MaxSide = 0x7fff;
constexpr std::int64_t MaxPixels = std::int64_t{64} << 20U;
constexpr std::size_t MaxDamageRects = 256;

/// Under which the library keeps our object with its own.
int clientTag = 0;

/// The library logs through two global functions; each connection has a thread of its own.
thread_local std::string lastWords;

__attribute__((format(printf, 1, 2))) void remember(const char* format, ...)
{
    std::array<char, 256> line{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(line.data(), line.size(), format, arguments);
    va_end(arguments);
    lastWords = line.data();
    while (lastWords.ends_with('\n'))
        lastWords.pop_back();
}

char* duplicate(const std::string& text)
{
    return ::strdup(text.c_str());
}

bool isLocalSocket(int socket)
{
    int domain = 0;
    socklen_t length = sizeof domain;
    return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

} // namespace

ClientSession::ClientSession(ConnectionObserver& observer, OwnedFd socket, const ConnectionOptions& options)
    : m_observer(observer), m_options(options), m_local(isLocalSocket(socket.get())),
      m_client(rfbGetClient(8, 3, 4))
{
    static std::once_flag once;
    std::call_once(once, registerExtension);
    lastWords.clear();
    m_client->sock = socket.release();
    m_client->listenSpecified = Yes; // "is connected already"
    m_client->format.redShift = 16;  // QImage::Format_RGB32
    m_client->format.greenShift = 8;
    m_client->format.blueShift = 0;
    m_client->appData.useRemoteCursor = Yes;
    m_client->appData.enableJPEG = No;
    m_client->canHandleNewFBSize = No; // announced in writeEncodings()
    if (!options.serverHost.empty()) {
        std::free(m_client->serverHost);
        m_client->serverHost = duplicate(options.serverHost);
    }
    rfbClientSetClientData(m_client, &clientTag, this);
    installCallbacks();
}

ClientSession::~ClientSession()
{
    m_client->frameBuffer = nullptr;
    // The library (0.9.14) forgets these two.
    std::free(std::exchange(m_client->rcSource, nullptr));
    std::free(std::exchange(m_client->rcMask, nullptr));
    rfbClientCleanup(m_client);
}

ClientSession& ClientSession::of(rfbClient* client)
{
    return *static_cast<ClientSession*>(rfbClientGetClientData(client, &clientTag));
}

void ClientSession::registerExtension()
{
    rfbClientLog = rfbClientErr = remember;
    static rfbClientProtocolExtension extension{};
    extension.handleEncoding = [](rfbClient* client, rfbFramebufferUpdateRectHeader* rect) {
        return toLibrary(of(client).handleRect(static_cast<std::int32_t>(rect->encoding),
                                               {rect->r.x, rect->r.y, rect->r.w, rect->r.h}));
    };
    extension.handleMessage = [](rfbClient* client, rfbServerToClientMsg* message) {
        return toLibrary(of(client).handleMessage(message->type));
    };
    rfbClientRegisterExtension(&extension);
}

void ClientSession::installCallbacks()
{
    m_client->MallocFrameBuffer = [](rfbClient* c) { return toLibrary(of(c).mallocFrameBuffer()); };
    m_client->GotFrameBufferUpdate = [](rfbClient* c, int x, int y, int w, int h) {
        of(c).gotUpdate({x, y, w, h});
    };
    m_client->FinishedFrameBufferUpdate = [](rfbClient* c) { of(c).finishedUpdate(); };
    m_client->GotCursorShape = [](rfbClient* c, int x, int y, int w, int h, int bytes) {
        if (bytes == 4 && w <= rfb::MaxCursorSide && h <= rfb::MaxCursorSide)
            of(c).m_observer.onCursor(rfb::maskedCursor(x, y, w, h, c->rcSource, c->rcMask));
    };
    m_client->HandleCursorPos = [](rfbClient* c, int x, int y) {
        of(c).m_observer.onPointerMoved(x, y);
        return Yes;
    };
    m_client->GotXCutText = [](rfbClient* c, const char* text, int length) {
        if (length >= 0)
            of(c).m_observer.onClipboard(rfb::latin1ToUtf8({text, static_cast<std::size_t>(length)}));
    };
    m_client->Bell = [](rfbClient* c) { of(c).m_observer.onBell(); };
    m_client->GetPassword = [](rfbClient* c) {
        const auto answer = of(c).m_observer.onCredentials(CredentialKind::Password);
        return duplicate(answer ? answer->password : std::string());
    };
    m_client->GetCredential = [](rfbClient* c, int type) {
        return static_cast<rfbCredential*>(of(c).credential(type == rfbCredentialTypeX509));
    };
}

void* ClientSession::credential(bool certificate)
{
    const auto answer =
        m_observer.onCredentials(certificate ? CredentialKind::Certificate : CredentialKind::UserAndPassword);
    if (!answer)
        return nullptr;
    auto* made = static_cast<rfbCredential*>(std::calloc(1, sizeof(rfbCredential))); // the library frees it
    if (certificate) {
        made->x509Credential.x509CACertFile = duplicate(answer->authorityFile);
    } else {
        made->userCredential.username = duplicate(answer->user);
        made->userCredential.password = duplicate(answer->password);
    }
    return made;
}

rfb::ReadBytes ClientSession::reader()
{
    return [this](char* into, std::size_t size) {
        return ReadFromRFBServer(m_client, into, static_cast<unsigned>(size)) != No;
    };
}

/// The server speaks first (RFC 6143 section 7.1.1). Before 3.7 it also dictates the security type, and
/// some of the library's abort the process when a server lies about its numbers.
bool ClientSession::isTooOld() const
{
    std::array<char, 12> version{}; // "RFB 003.008\n"
    if (::recv(m_client->sock, version.data(), version.size(), MSG_PEEK | MSG_WAITALL)
        != static_cast<ssize_t>(version.size()))
        return false; // the library will find out what is wrong
    int major = 0;
    int minor = 0;
    std::from_chars(&version[4], &version[7], major);
    std::from_chars(&version[8], &version[11], minor);
    return major < 3 || (major == 3 && minor < 7);
}

CloseReason ClientSession::greet()
{
    if (isTooOld()) {
        lastWords = "The server speaks a version of RFB older than 3.7.";
        return CloseReason::NotUnderstood;
    }
    // Not the library's other types, for the reason given above.
    constexpr std::array<std::uint32_t, 3> Types{rfbVeNCrypt, rfbVncAuth, rfbNoAuth};
    SetClientAuthSchemes(m_client, Types.data(), static_cast<int>(Types.size()));
    if (InitialiseRFBConnection(m_client) == No) {
        // After the version the library knows both numbers; before it, the other side is no VNC server.
        return m_client->major == 0 ? CloseReason::NotUnderstood : CloseReason::Refused;
    }
    m_client->width = m_client->si.framebufferWidth;
    m_client->height = m_client->si.framebufferHeight;
    if (!mallocFrameBuffer() || SetFormatAndEncodings(m_client) == No || !writeEncodings()
        || SendFramebufferUpdateRequest(m_client, 0, 0, m_client->width, m_client->height, No) == No)
        return m_broken ? CloseReason::NotUnderstood : CloseReason::Lost;
    m_observer.onConnected(m_client->desktopName ? m_client->desktopName : "");
    return CloseReason::Stopped;
}

bool ClientSession::hasBufferedInput() const
{
    if (m_client->buffered > 0)
        return true;
    return m_client->tlsSession
           && gnutls_record_check_pending(static_cast<gnutls_session_t>(m_client->tlsSession)) > 0;
}

bool ClientSession::writeBytes(const rfb::Bytes& bytes)
{
    return WriteToRFBServer(m_client, bytes.data(), static_cast<unsigned>(bytes.size())) != No;
}

bool ClientSession::writeEncodings()
{
    std::vector<std::int32_t> list;
    if (m_options.encoding)
        list.push_back(*m_options.encoding);
    else if (m_local)
        list.push_back(rfb::Raw);
    for (const std::int32_t pixels : {rfb::Tight, rfb::Zrle, rfb::Hextile, rfb::CopyRect, rfb::Raw})
        list.push_back(pixels);
    for (const std::int32_t pseudo :
         {rfb::CompressLevel1, rfb::LastRect, rfb::AlphaCursor, rfb::Cursor, rfb::XCursor,
          rfb::PointerPosition, rfb::DesktopSize, rfb::ExtendedKeyEvent, rfb::LedState, rfb::DesktopName,
          rfb::Fence, rfb::ExtendedMouseButtons})
        list.push_back(pseudo);
    // QEMU numbers its screen 0, which the library takes for no screen and then ignores the new size.
    const std::string_view name = m_client->desktopName ? m_client->desktopName : "";
    if (!name.starts_with("QEMU"))
        list.push_back(rfb::ExtendedDesktopSize);
    list.push_back(rfb::SharedFrame);
    // QEMU's rectangle for this one fails the library's check of positions; ours does not.
    if (m_guesthouse)
        list.push_back(rfb::PointerMotionChange);
    return writeBytes(rfb::setEncodings(list));
}

bool ClientSession::mallocFrameBuffer()
{
    const int width = m_client->width;
    const int height = m_client->height;
    m_client->frameBuffer = nullptr;
    if (width <= 0 || height <= 0 || width > MaxSide || height > MaxSide
        || std::int64_t{width} * height > MaxPixels) {
        lastWords = "The server announced a screen of an impossible size.";
        m_broken = true;
        return false;
    }
    m_decoded = allocateZeroed(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    m_client->frameBuffer = m_decoded.get();
    m_client->updateRect = {0, 0, width, height};
    m_frame = OwnFrame::create(width, height);
    m_frameShown = false;
    m_damage.clear();
    return true;
}

void ClientSession::gotUpdate(FrameRect rect)
{
    if (std::exchange(m_pseudoRect, false))
        return;
    const int width = m_sharing ? m_shared->width() : m_client->width;
    const int height = m_sharing ? m_shared->height() : m_client->height;
    rect.x = std::clamp(rect.x, 0, width);
    rect.y = std::clamp(rect.y, 0, height);
    rect.width = std::min(rect.width, width - rect.x);
    rect.height = std::min(rect.height, height - rect.y);
    if (rect.width <= 0 || rect.height <= 0)
        return;
    if (m_damage.size() == MaxDamageRects)
        m_damage.assign(1, {0, 0, width, height});
    m_damage.push_back(rect);
}

void ClientSession::finishedUpdate()
{
    if (m_damage.empty())
        return;
    if (!m_sharing) {
        for (const FrameRect& rect : m_damage)
            m_frame->copyFrom(m_decoded.get(), rect);
        if (!std::exchange(m_frameShown, true))
            m_observer.onFrame(m_frame);
    }
    m_observer.onDamage(m_damage);
    m_damage.clear();
}

bool ClientSession::handleRect(std::int32_t encoding, const FrameRect& rect)
{
    if (encoding == rfb::SharedDamage)
        return m_sharing;
    m_pseudoRect = true;
    switch (encoding) {
    case rfb::SharedFrame: return handleSharedFrame();
    case rfb::AlphaCursor:
        if (auto cursor = rfb::readAlphaCursor(rect.x, rect.y, rect.width, rect.height, reader())) {
            m_observer.onCursor(std::move(*cursor));
            return true;
        }
        return false;
    case rfb::LedState:
        if (const auto lights = rfb::readLedState(reader())) {
            m_observer.onLockLights(*lights);
            return true;
        }
        return false;
    case rfb::DesktopName:
        if (const auto name = rfb::readDesktopName(reader())) {
            m_observer.onName(*name);
            return true;
        }
        return false;
    case rfb::PointerMotionChange: m_observer.onPointerMode(rect.x != 0); return true;
    case rfb::ExtendedMouseButtons: m_extendedButtons = true; return true;
    default: return false;
    }
}

bool ClientSession::handleSharedFrame()
{
    const auto state = rfb::readNumber(reader());
    if (!state)
        return false;
    if (!std::exchange(m_guesthouse, true) && (!writeEncodings() || (!m_visible && !writeVisibility())))
        return false;
    if (*state == rfb::SharedFrameOffer) {
        if (m_options.shareFrame && m_local && !m_receiver)
            m_receiver = SharedFrameReceiver::attach(m_client->sock);
        return true;
    }
    if (*state == rfb::SharedFrameNever) {
        m_sharing = false;
        m_frameShown = false;
        return true;
    }
    auto frame = m_receiver ? m_receiver->receive(*state) : nullptr;
    if (!frame) {
        lastWords = "The server's shared picture cannot be used.";
        m_broken = true;
        return false;
    }
    m_shared = std::move(frame);
    m_sharing = true;
    m_observer.onFrame(m_shared);
    return true;
}

bool ClientSession::handleMessage(std::uint8_t type)
{
    if (type == rfb::EndOfContinuousUpdatesMessage)
        return true; // the type is all of it
    if (type != rfb::FenceMessage)
        return false;
    const auto fence = rfb::readFence(reader());
    return fence && (!fence->isRequest || writeBytes(rfb::fenceReply(fence->flags, fence->payload)));
}

bool ClientSession::writeInput(const KeyInput& key)
{
    const auto scanCode = key.evdevCode ? scanCodeFromEvdev(*key.evdevCode) : std::nullopt;
    const rfbBool down = key.down ? Yes : No;
    if (scanCode && SupportsClient2Server(m_client, rfbQemuEvent) != No)
        return SendExtendedKeyEvent(m_client, key.keysym, *scanCode, down) != No;
    return key.keysym == 0 || SendKeyEvent(m_client, key.keysym, down) != No;
}

bool ClientSession::writeInput(const PointerInput& pointer)
{
    return writeBytes(
        rfb::pointerEvent(pointer.buttons, static_cast<std::uint16_t>(std::clamp(pointer.x, 0, 0xffff)),
                          static_cast<std::uint16_t>(std::clamp(pointer.y, 0, 0xffff)), m_extendedButtons));
}

bool ClientSession::writeInput(const MotionInput& motion)
{
    const int limit = rfb::RelativePointerZero;
    const int x = limit + std::clamp(motion.dx, -limit, limit);
    const int y = limit + std::clamp(motion.dy, -limit, limit);
    return writeBytes(rfb::pointerEvent(motion.buttons, static_cast<std::uint16_t>(x),
                                        static_cast<std::uint16_t>(y), m_extendedButtons));
}

bool ClientSession::writeInput(const ResizeInput& resize)
{
    if (m_client->screen.width == 0 && m_client->screen.id == 0)
        return true; // the server has not offered ExtendedDesktopSize
    return writeBytes(rfb::setDesktopSize(static_cast<std::uint16_t>(std::clamp(resize.width, 1, MaxSide)),
                                          static_cast<std::uint16_t>(std::clamp(resize.height, 1, MaxSide)),
                                          m_client->screen.id));
}

bool ClientSession::writeInput(const ClipboardInput& clipboard)
{
    return writeBytes(rfb::clientCutText(clipboard.text));
}

bool ClientSession::writeInput(const VisibilityInput& visibility)
{
    m_visible = visibility.visible;
    return !m_guesthouse || writeVisibility();
}

bool ClientSession::writeVisibility()
{
    using rfb::SharedFrameOperation;
    return writeBytes(
        rfb::sharedFrameControl(m_visible ? SharedFrameOperation::Show : SharedFrameOperation::Hide));
}

bool ClientSession::readMessage()
{
    return HandleRFBServerMessage(m_client) != No && !m_broken;
}

bool ClientSession::write(const ClientInput& input)
{
    return std::visit([this](const auto& typed) { return writeInput(typed); }, input);
}

std::string ClientSession::detail()
{
    return lastWords;
}

} // namespace console
