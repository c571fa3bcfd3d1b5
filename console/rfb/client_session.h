// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/client_input.h"
#include "rfb/connection_observer.h"
#include "rfb/outgoing_messages.h"
#include "rfb/owned_fd.h"
#include "rfb/rect_payloads.h"
#include "rfb/shared_frame_receiver.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct _rfbClient; // NOLINT(*-reserved-identifier,*-identifier-naming): the library's name

namespace console {

/// libvncclient's side of one connection; the only place that knows the library. One thread.
class ClientSession {
public:
    ClientSession(ConnectionObserver& observer, OwnedFd socket, const ConnectionOptions& options);
    ~ClientSession();
    ClientSession(const ClientSession&) = delete;
    ClientSession& operator=(const ClientSession&) = delete;
    ClientSession(ClientSession&&) = delete;
    ClientSession& operator=(ClientSession&&) = delete;

    /// The whole greeting, including passwords. Stopped means that it went well.
    [[nodiscard]] CloseReason greet();
    /// Bytes wait in the library, or in TLS below it, that poll() does not see.
    [[nodiscard]] bool hasBufferedInput() const;
    /// Reads and handles one message, blocking until all of it is there; false: the connection ends.
    [[nodiscard]] bool readMessage();
    [[nodiscard]] bool write(const ClientInput& input);
    /// The server said something that contradicts itself.
    [[nodiscard]] bool isBroken() const { return m_broken; }
    /// The library's last words on this thread.
    [[nodiscard]] static std::string detail();

private:
    static ClientSession& of(_rfbClient* client);
    static void registerExtension();
    void installCallbacks();
    [[nodiscard]] bool isTooOld() const;
    [[nodiscard]] bool writeInput(const KeyInput& key);
    [[nodiscard]] bool writeInput(const PointerInput& pointer);
    [[nodiscard]] bool writeInput(const MotionInput& motion);
    [[nodiscard]] bool writeInput(const ClipboardInput& clipboard);
    [[nodiscard]] bool writeInput(const ResizeInput& resize);
    [[nodiscard]] bool writeInput(const VisibilityInput& visibility);
    [[nodiscard]] bool writeBytes(const rfb::Bytes& bytes);
    [[nodiscard]] bool writeEncodings();
    [[nodiscard]] bool writeVisibility();
    [[nodiscard]] bool mallocFrameBuffer();
    void gotUpdate(FrameRect rect);
    void finishedUpdate();
    [[nodiscard]] bool handleRect(std::int32_t encoding, const FrameRect& rect);
    [[nodiscard]] bool handleSharedFrame();
    [[nodiscard]] bool handleMessage(std::uint8_t type);
    [[nodiscard]] void* credential(bool certificate);
    [[nodiscard]] rfb::ReadBytes reader();

    ConnectionObserver& m_observer;
    const ConnectionOptions m_options;
    const bool m_local;
    _rfbClient* m_client;
    ZeroedBytes m_decoded;             ///< what the library draws into
    std::shared_ptr<OwnFrame> m_frame; ///< what is shown, unless the frame is shared
    bool m_frameShown = false;
    std::optional<SharedFrameReceiver> m_receiver;
    std::shared_ptr<const FrameMemory> m_shared;
    bool m_sharing = false;
    std::vector<FrameRect> m_damage;
    bool m_pseudoRect = false; ///< the rectangle being handled is no picture
    bool m_guesthouse = false; ///< the server knows our extension
    bool m_visible = true;
    bool m_extendedButtons = false, m_broken = false;
};

} // namespace console
