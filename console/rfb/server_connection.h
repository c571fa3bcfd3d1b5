// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/client_input.h"
#include "rfb/connection_observer.h"
#include "rfb/owned_fd.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace console {

class ClientSession;

/// One RFB connection, driven by libvncclient on a thread of the caller's.
class ServerConnection {
public:
    /// `observer` must outlive run().
    explicit ServerConnection(ConnectionObserver& observer);
    ~ServerConnection();
    ServerConnection(const ServerConnection&) = delete;
    ServerConnection& operator=(const ServerConnection&) = delete;
    ServerConnection(ServerConnection&&) = delete;
    ServerConnection& operator=(ServerConnection&&) = delete;

    /// Speaks RFB on a connected stream socket until the end. Blocks; one call per object. SIGPIPE
    /// must be ignored in this process.
    [[nodiscard]] CloseReason run(OwnedFd socket, const ConnectionOptions& options);
    /// After run(): what the library said last, in English, for the log.
    [[nodiscard]] const std::string& detail() const { return m_detail; }

    /// Any thread: queued, sent by run(). Motion that waits is merged.
    void send(ClientInput input);
    /// Any thread: makes run() return soon, wherever it is.
    void stop();

private:
    [[nodiscard]] CloseReason pump(ClientSession& session, int fd);
    void wake() const;

    ConnectionObserver& m_observer;
    OwnedFd m_wake; ///< eventfd
    std::atomic<bool> m_stopping = false;
    std::mutex m_mutex;
    std::deque<ClientInput> m_queue; // guarded by m_mutex
    int m_socket = -1;               // guarded by m_mutex; while run() owns it
    std::string m_detail;            // run()'s thread
};

} // namespace console
