// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "devices/input/input_sink.h"
#include "display/display_source.h"
#include "display/rfb/viewer_session.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::display {

/// A listener for viewers on the network; off unless the user asks for it.
struct NetworkAccess {
    std::string address = "127.0.0.1"; ///< numeric, IPv4 or IPv6
    std::uint16_t port = 0;            ///< 0: the system chooses
    std::string password;              ///< 1 to 8 characters; RFB's limit
    bool encrypt = false;              ///< VeNCrypt
    std::string certificateFile;       ///< PEM; empty with `encrypt`: anonymous TLS
    std::string keyFile;
};

/// Shows one guest's screen to any number of viewers over RFB and takes their keys and pointers.
/// Slow viewers get merged changes; broken ones are dropped; the guest notices neither.
///
/// Lives on `loop`, which should be a thread of its own (encoding for remote viewers takes time).
/// Unless noted otherwise methods may be called from any thread, also from the loop's.
class RfbServer {
public:
    struct Options {
        std::string name; ///< the guest's, shown in viewers' titles (UTF-8)
        rfb::SessionLimits limits;
        std::size_t maxViewers = 32;
    };

    /// `source`, the sinks and `log` must outlive the server.
    [[nodiscard]] static Result<std::unique_ptr<RfbServer>> create(EventLoop& loop, DisplaySource& source,
                                                                   KeyboardSink& keyboard,
                                                                   PointerSink& pointer, Options options,
                                                                   Log& log);
    /// Drops all viewers. Not on the loop's thread while a call of the source's is running.
    ~RfbServer();
    RfbServer(const RfbServer&) = delete;
    RfbServer& operator=(const RfbServer&) = delete;
    RfbServer(RfbServer&&) = delete;
    RfbServer& operator=(RfbServer&&) = delete;

    /// Serves a viewer on an already connected socket (a socket pair's end); no password.
    void adopt(UniqueFd socket);
    /// Accepts viewers of this user on a UNIX socket, mode 0600. A stale socket file is replaced.
    [[nodiscard]] Result<> listenLocal(const std::string& path);
    /// Accepts viewers on the network; returns the port. Replaces an earlier listener.
    [[nodiscard]] Result<std::uint16_t> listenNetwork(const NetworkAccess& access);
    void stopListeningNetwork();

    void setName(std::string name);
    /// The guest has changed its lock lights or switched between absolute and relative pointer. The
    /// server also looks by itself shortly after each key or click.
    void inputModeChanged();
    /// Called on the loop's thread with the number of viewers whenever it changes.
    void setViewerCountListener(std::function<void(std::size_t)> listener);

private:
    class Core;
    explicit RfbServer(EventLoop& loop);
    EventLoop& m_loop;
    std::unique_ptr<Core> m_core; // loop thread only
};

} // namespace engine::display
