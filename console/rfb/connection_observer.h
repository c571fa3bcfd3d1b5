// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/frame_memory.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace console {

/// The server's pointer image; no pixels: the pointer is hidden.
struct CursorImage {
    int width = 0, height = 0;
    int hotspotX = 0, hotspotY = 0;
    std::vector<std::uint32_t> pixels; ///< 0xAARRGGBB, premultiplied, row by row
};

/// Lock lights of the guest.
struct LockLights {
    bool scroll = false, num = false, caps = false;
    bool operator==(const LockLights&) const = default;
};

enum class CredentialKind : std::uint8_t {
    Password, ///< VNC password: at most eight characters count
    UserAndPassword,
    Certificate, ///< a PEM file with the authority that vouches for the server
};

struct Credentials {
    std::string user;
    std::string password;
    std::string authorityFile;
};

/// Why a connection is over.
enum class CloseReason : std::uint8_t {
    Stopped,       ///< we asked for it
    Lost,          ///< the server went away
    Refused,       ///< wrong password, or the server wants nothing to do with us
    NotUnderstood, ///< the other side does not speak RFB as we do
    NoDescriptor,  ///< the process has too many files open, see LowDescriptors
};

/// Told what happens on a connection. All calls come on the connection's own thread.
class ConnectionObserver {
public:
    virtual ~ConnectionObserver() = default;
    virtual void onConnected(const std::string& name) = 0;
    /// A picture to show from now on.
    virtual void onFrame(std::shared_ptr<const FrameMemory> frame) = 0;
    /// These parts of the picture have changed; inside of it, never empty.
    virtual void onDamage(std::span<const FrameRect> rects) = 0;
    virtual void onCursor(CursorImage cursor) = 0;
    /// Where the guest has put its pointer's hot spot.
    virtual void onPointerMoved(int x, int y) = 0;
    /// True: positions; false: the guest reads motion, so the pointer has to be captured.
    virtual void onPointerMode(bool absolute) = 0;
    virtual void onLockLights(LockLights lights) = 0;
    virtual void onName(const std::string& name) = 0;
    virtual void onClipboard(const std::string& text) = 0;
    virtual void onBell() = 0;
    /// May take its time; nullopt: the user does not know, the connection ends.
    virtual std::optional<Credentials> onCredentials(CredentialKind kind) = 0;
};

} // namespace console
