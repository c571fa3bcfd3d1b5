// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/rfb_server.h"

#include "display/rfb/rfb_server_core.h"

namespace engine::display {

RfbServer::RfbServer(EventLoop& loop) : m_loop(loop) {}

Result<std::unique_ptr<RfbServer>> RfbServer::create(EventLoop& loop, DisplaySource& source,
                                                     KeyboardSink& keyboard, PointerSink& pointer,
                                                     Options options, Log& log)
{
    std::unique_ptr<RfbServer> server(new RfbServer(loop));
    Result<> prepared;
    loop.runAndWait([&] {
        server->m_core = std::make_unique<Core>(loop, source, keyboard, pointer, std::move(options), log);
        prepared = server->m_core->prepare();
    });
    if (!prepared)
        return std::unexpected(prepared.error());
    return server;
}

RfbServer::~RfbServer()
{
    m_loop.runAndWait([this] { m_core.reset(); });
}

void RfbServer::adopt(UniqueFd socket)
{
    m_loop.runAndWait(
        [&] { m_core->adopt(std::move(socket), {.security = {}, .credentials = {}, .local = true}); });
}

Result<> RfbServer::listenLocal(const std::string& path)
{
    Result<> result;
    m_loop.runAndWait([&] { result = m_core->listenLocal(path); });
    return result;
}

Result<std::uint16_t> RfbServer::listenNetwork(const NetworkAccess& access)
{
    Result<std::uint16_t> result;
    m_loop.runAndWait([&] { result = m_core->listenNetwork(access); });
    return result;
}

void RfbServer::stopListeningNetwork()
{
    m_loop.runAndWait([this] { m_core->stopListeningNetwork(); });
}

void RfbServer::setName(std::string name)
{
    m_loop.runAndWait([&] { m_core->setName(std::move(name)); });
}

void RfbServer::inputModeChanged()
{
    m_core->postInputMode();
}

void RfbServer::setViewerCountListener(std::function<void(std::size_t)> listener)
{
    m_loop.runAndWait([&] { m_core->setViewerCountListener(std::move(listener)); });
}

} // namespace engine::display
