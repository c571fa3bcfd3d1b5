// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/user_network.h"

#include "net/forward_address.h"
#include "net/frame_filter.h"

#include <algorithm>
#include <optional>

namespace engine::net {

namespace {

constexpr std::size_t CongestedFrames = 64; ///< stop reading the host's sockets
constexpr std::size_t MostWaitingFrames = 1024;

std::string_view reason(FrameVerdict verdict)
{
    switch (verdict) {
    case FrameVerdict::Accepted: return "accepted";
    case FrameVerdict::BadLength: return "dropped a frame of an impossible length from the guest";
    case FrameVerdict::ForeignSender:
        return "dropped a frame from the guest whose sender is not its network card";
    case FrameVerdict::BadHeader: return "dropped a malformed or fragmented TCP/IP packet from the guest";
    }
    return "";
}

bool isSameHostSide(const PortForward& a, const PortForward& b)
{
    return a.udp == b.udp && a.hostAddress == b.hostAddress && a.hostPort == b.hostPort;
}

} // namespace

template <class Action>
auto UserNetwork::onLoop(Action action)
{
    std::optional<decltype(action())> result;
    m_loop->runAndWait([&] { result.emplace(action()); });
    return *std::move(result);
}

UserNetwork::UserNetwork(Config config, Log& log, std::unique_ptr<EventLoop> loop)
    : m_config(std::move(config)), m_log(log), m_loop(std::move(loop))
{}

Result<std::unique_ptr<UserNetwork>> UserNetwork::create(Config config, Log& log)
{
    auto loop = VM_TRY(EventLoop::create(config.name.substr(0, 9) + "/net"));
    std::unique_ptr<UserNetwork> network(new UserNetwork(std::move(config), log, std::move(loop)));
    VM_TRY(network->onLoop([&] { return network->start(); }));
    for (const PortForward& rule : network->m_config.forwards)
        VM_TRY(network->addForward(rule));
    if (!network->m_config.captureFile.empty())
        VM_TRY(network->startCapture(network->m_config.captureFile));
    return network;
}

UserNetwork::~UserNetwork()
{
    m_loop->runAndWait([this] {
        m_client = nullptr;
        m_stack.reset();
        m_capture.reset();
    });
}

Result<> UserNetwork::start()
{
    const SlirpStack::Options options{.isolated = m_config.isolated,
                                      .allowHostLoopback = m_config.allowHostLoopback && !m_config.isolated,
                                      .hostName = m_config.name};
    m_stack =
        VM_TRY(SlirpStack::create(*m_loop, m_log, options,
                                  {.deliver = [this](std::span<const std::byte> frame) { deliver(frame); },
                                   .isCongested = [this] { return m_waiting.size() >= CongestedFrames; }}));
    return {};
}

std::size_t UserNetwork::maxFrameBytes() const
{
    return LongestFrameBytes;
}

void UserNetwork::attach(NetClient* client)
{
    m_loop->runAndWait([this, client] {
        m_client = client;
        m_waiting.clear();
    });
}

void UserNetwork::setLink(bool up)
{
    m_loop->runAndWait([this, up] {
        if (m_linkUp.exchange(up) != up && m_client)
            m_client->linkChanged(up);
    });
}

void UserNetwork::send(std::span<const std::byte> frame)
{
    if (!m_linkUp)
        return;
    m_frame.assign(frame.begin(),
                   frame.begin()
                       + static_cast<std::ptrdiff_t>(std::min(frame.size(), LongestFrameBytes + 1)));
    const FrameVerdict verdict = sanitizeGuestFrame(m_frame, m_config.mac);
    if (verdict != FrameVerdict::Accepted) {
        ++m_counters.droppedFromGuest;
        m_log.warning("net", reason(verdict));
        return;
    }
    ++m_counters.fromGuestFrames;
    m_counters.fromGuestBytes += m_frame.size();
    capture(m_frame, CaptureFile::Direction::FromGuest);
    m_stack->input(m_frame);
}

void UserNetwork::deliver(std::span<const std::byte> frame)
{
    if (!m_linkUp || m_client == nullptr)
        return;
    if (m_waiting.empty() && offer(frame))
        return;
    if (m_waiting.size() >= MostWaitingFrames) {
        ++m_counters.droppedToGuest;
        return;
    }
    m_waiting.emplace_back(frame.begin(), frame.end());
}

bool UserNetwork::offer(std::span<const std::byte> frame)
{
    if (!m_client->receiveFrame(frame))
        return false;
    ++m_counters.toGuestFrames;
    m_counters.toGuestBytes += frame.size();
    capture(frame, CaptureFile::Direction::ToGuest);
    return true;
}

void UserNetwork::receiveReady()
{
    const bool wasCongested = m_waiting.size() >= CongestedFrames;
    while (!m_waiting.empty() && m_client && offer(m_waiting.front()))
        m_waiting.pop_front();
    if (wasCongested && m_waiting.size() < CongestedFrames)
        m_stack->wake();
}

void UserNetwork::capture(std::span<const std::byte> frame, CaptureFile::Direction direction)
{
    if (!m_capture)
        return;
    if (auto added = m_capture->add(frame, direction); !added) {
        m_log.error("net", added.error().message() + "; the capture has ended");
        m_capture.reset();
    }
}

Result<> UserNetwork::addForward(const PortForward& rule)
{
    return onLoop([&]() -> Result<> {
        VM_TRY(m_stack->addForward(rule));
        m_forwards.push_back(rule);
        return {};
    });
}

Result<> UserNetwork::removeForward(const PortForward& rule)
{
    return onLoop([&]() -> Result<> {
        VM_TRY(m_stack->removeForward(rule));
        std::erase_if(m_forwards, [&](const PortForward& other) { return isSameHostSide(rule, other); });
        return {};
    });
}

std::vector<PortForward> UserNetwork::forwards()
{
    return onLoop([this] { return m_forwards; });
}

std::vector<Connection> UserNetwork::connections()
{
    return onLoop([this] { return parseConnections(m_stack->connectionTable()); });
}

Result<> UserNetwork::startCapture(const std::string& path)
{
    auto file = VM_TRY(CaptureFile::create(path));
    m_loop->runAndWait([&] { m_capture = std::move(file); });
    return {};
}

Result<> UserNetwork::stopCapture()
{
    return onLoop([this]() -> Result<> {
        const auto file = std::move(m_capture);
        return file ? file->flush() : Result<>{};
    });
}

NetStatistics UserNetwork::statistics() const
{
    return {.toGuestBytes = m_counters.toGuestBytes,
            .toGuestFrames = m_counters.toGuestFrames,
            .fromGuestBytes = m_counters.fromGuestBytes,
            .fromGuestFrames = m_counters.fromGuestFrames,
            .droppedToGuest = m_counters.droppedToGuest,
            .droppedFromGuest = m_counters.droppedFromGuest};
}

} // namespace engine::net
