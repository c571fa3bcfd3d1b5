// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/guest_network.h"

#include "base/runtime_root.h"
#include "net/forward_address.h"
#include "net/frame_cutter.h"
#include "net/frame_filter.h"
#include "net/switch_port.h"
#include "net/tap_device.h"

#include <algorithm>

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

GuestNetwork::GuestNetwork(Config config, Log& log, std::unique_ptr<EventLoop> loop)
    : m_config(std::move(config)), m_log(log), m_loop(std::move(loop)), m_mode(m_config.mode),
      m_monitor(m_config.mac),
      m_up(
          *m_loop, [this](std::span<const std::byte> frame) { sendOn(frame); }, [] {}),
      m_down(
          *m_loop, [this](std::span<const std::byte> frame) { handIn(frame); },
          [this] {
              if (m_uplink)
                  m_uplink->wake();
          })
{}

Result<std::unique_ptr<GuestNetwork>> GuestNetwork::create(Config config, Log& log)
{
    auto loop = VM_TRY(EventLoop::create(config.name.substr(0, 9) + "/net"));
    std::unique_ptr<GuestNetwork> network(new GuestNetwork(std::move(config), log, std::move(loop)));
    VM_TRY(network->onLoop([&] { return network->start(); }));
    for (const PortForward& rule : network->m_config.forwards) // an error when the mode has none
        VM_TRY(network->addForward(rule));
    if (!network->m_config.captureFile.empty())
        VM_TRY(network->startCapture(network->m_config.captureFile));
    return network;
}

GuestNetwork::~GuestNetwork()
{
    m_loop->runAndWait([this] {
        *m_alive = false;
        m_client = nullptr;
        m_stack = nullptr;
        m_up.clear();
        m_down.clear();
        m_uplink.reset();
        m_loop->stopTimer(m_plugTimer);
        m_capture.reset();
    });
}

Result<> GuestNetwork::start()
{
    return connect(m_config.mode, m_config.place);
}

Result<std::unique_ptr<Uplink>> GuestNetwork::makeUplink(NetworkMode mode, const std::string& place)
{
    const GuestSide guest{.deliver = [this](std::span<const std::byte> frame) { deliver(frame); },
                          .isCongested = [this] { return isCongested(); }};
    const bool isIsolated = mode == NetworkMode::Isolated;
    switch (mode) {
    case NetworkMode::None: break;
    case NetworkMode::User:
    case NetworkMode::Isolated:
        return VM_TRY(SlirpStack::create(*m_loop, m_log,
                                         {.isolated = isIsolated,
                                          .allowHostLoopback = m_config.allowHostLoopback && !isIsolated,
                                          .hostName = m_config.name,
                                          .tftpFolder = m_config.tftpFolder,
                                          .bootFile = m_config.bootFile},
                                         guest));
    case NetworkMode::Internal: {
        const auto folder =
            m_config.switchFolder.empty() ? runtimeRoot() / "networks" : m_config.switchFolder;
        return VM_TRY(SwitchPort::create(*m_loop, m_log,
                                         {.folder = folder, .name = place, .mac = m_config.mac}, guest));
    }
    case NetworkMode::Tap: return VM_TRY(TapDevice::open(*m_loop, place, guest));
    }
    return fail(ErrorCode::InvalidArgument, "a network card's cable leads somewhere; to be without a "
                                            "network, pull it, or start the guest without the card");
}

Result<> GuestNetwork::connect(NetworkMode mode, const std::string& place)
{
    auto uplink = VM_TRY(makeUplink(mode, place));
    m_stack = dynamic_cast<SlirpStack*>(uplink.get());
    m_uplink = std::move(uplink);
    m_mode = mode;
    m_place = place;
    return {};
}

Result<> GuestNetwork::changeMode(NetworkMode mode, const std::string& place)
{
    constexpr std::chrono::milliseconds Unplugged{1500}; // long enough for a guest to notice
    return onLoop([&]() -> Result<> {
        // Two user networks cannot hold the same ports at once.
        for (const PortForward& rule : m_forwards)
            if (m_stack)
                (void)m_stack->removeForward(rule);
        const auto connected = connect(mode, place);
        if (m_stack)
            for (const PortForward& rule : m_forwards)
                if (const auto added = m_stack->addForward(rule); !added)
                    m_log.error("net", added.error().message());
        if (!connected)
            return connected;
        m_waiting.clear();
        m_up.clear();
        m_down.clear();
        m_monitor.forgetPlace();
        if (m_linkUp) {
            announceLink(false);
            m_loop->stopTimer(m_plugTimer);
            m_plugTimer = m_loop->startTimer(std::chrono::steady_clock::now() + Unplugged, [this] {
                m_plugTimer = 0;
                announceLink(true);
            });
        }
        return {};
    });
}

Result<SlirpStack*> GuestNetwork::userStack()
{
    if (m_stack == nullptr)
        return fail(ErrorCode::InvalidState,
                    "only the user network leads ports of this computer to the guest; "
                    "this card is on another network");
    return m_stack;
}

std::size_t GuestNetwork::maxFrameBytes() const
{
    return LongestFrameBytes;
}

void GuestNetwork::attach(NetClient* client)
{
    m_loop->runAndWait([this, client] {
        m_client = client;
        m_waiting.clear();
    });
}

void GuestNetwork::announceLink(bool up)
{
    if (m_linkUp.exchange(up) != up && m_client)
        m_client->linkChanged(up);
}

void GuestNetwork::setLink(bool up)
{
    m_loop->runAndWait([this, up] {
        m_loop->stopTimer(std::exchange(m_plugTimer, 0));
        announceLink(up);
    });
}

void GuestNetwork::send(std::span<const std::byte> frame)
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
    FlowTable::Verdict seen = m_monitor.inspect(m_frame, FrameWay::FromGuest);
    if (!seen.answer.empty())
        answerSoon(std::move(seen.answer), FrameWay::ToGuest);
    if (seen.passes)
        m_up.push(m_frame);
}

void GuestNetwork::sendOn(std::span<const std::byte> frame)
{
    constexpr std::size_t EtherPayload = 1500;
    if (frame.size() <= m_uplink->longestFrame())
        return m_uplink->input(frame);
    const auto parts = cutFrame(frame, EthernetHeaderBytes + EtherPayload);
    if (parts.empty())
        ++m_counters.droppedFromGuest;
    for (const auto& part : parts)
        m_uplink->input(part);
}

bool GuestNetwork::isCongested() const
{
    return m_waiting.size() >= CongestedFrames || m_down.isCongested();
}

void GuestNetwork::deliver(std::span<const std::byte> frame)
{
    if (!m_linkUp || m_client == nullptr)
        return;
    FlowTable::Verdict seen = m_monitor.inspect(frame, FrameWay::ToGuest);
    if (!seen.answer.empty())
        answerSoon(std::move(seen.answer), FrameWay::FromGuest);
    if (seen.passes)
        m_down.push(frame);
}

/// Not at once: whoever has handed in the frame is not ready for another one.
void GuestNetwork::answerSoon(std::vector<std::byte> frame, FrameWay way)
{
    m_loop->defer([this, way, frame = std::move(frame), alive = m_alive] {
        if (!*alive)
            return;
        if (way == FrameWay::ToGuest)
            handIn(frame);
        else if (m_uplink)
            m_uplink->input(frame);
    });
}

void GuestNetwork::handIn(std::span<const std::byte> frame)
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

bool GuestNetwork::offer(std::span<const std::byte> frame)
{
    if (!m_client->receiveFrame(frame))
        return false;
    ++m_counters.toGuestFrames;
    m_counters.toGuestBytes += frame.size();
    capture(frame, CaptureFile::Direction::ToGuest);
    return true;
}

void GuestNetwork::receiveReady()
{
    const bool wasCongested = m_waiting.size() >= CongestedFrames;
    while (!m_waiting.empty() && m_client && offer(m_waiting.front()))
        m_waiting.pop_front();
    if (wasCongested && m_waiting.size() < CongestedFrames)
        m_uplink->wake();
}

void GuestNetwork::capture(std::span<const std::byte> frame, CaptureFile::Direction direction)
{
    if (!m_capture)
        return;
    if (auto added = m_capture->add(frame, direction); !added) {
        m_log.error("net", added.error().message() + "; the capture has ended");
        m_capture.reset();
        m_captureFile.clear();
    }
}

Result<> GuestNetwork::addForward(const PortForward& rule)
{
    return onLoop([&]() -> Result<> {
        SlirpStack* const stack = VM_TRY(userStack());
        VM_TRY(stack->addForward(rule));
        m_forwards.push_back(rule);
        return {};
    });
}

Result<> GuestNetwork::removeForward(const PortForward& rule)
{
    return onLoop([&]() -> Result<> {
        SlirpStack* const stack = VM_TRY(userStack());
        VM_TRY(stack->removeForward(rule));
        std::erase_if(m_forwards, [&](const PortForward& other) { return isSameHostSide(rule, other); });
        return {};
    });
}

std::vector<PortForward> GuestNetwork::forwards()
{
    return onLoop([this] { return m_forwards; });
}

Result<> GuestNetwork::startCapture(const std::string& path)
{
    auto file = VM_TRY(CaptureFile::create(path));
    m_loop->runAndWait([&] {
        m_capture = std::move(file);
        m_captureFile = path;
    });
    return {};
}

Result<> GuestNetwork::stopCapture()
{
    return onLoop([this]() -> Result<> {
        const auto file = std::move(m_capture);
        m_captureFile.clear();
        return file ? file->flush() : Result<>{};
    });
}

NetStatistics GuestNetwork::statistics() const
{
    return {.toGuestBytes = m_counters.toGuestBytes,
            .toGuestFrames = m_counters.toGuestFrames,
            .fromGuestBytes = m_counters.fromGuestBytes,
            .fromGuestFrames = m_counters.fromGuestFrames,
            .droppedToGuest = m_counters.droppedToGuest,
            .droppedFromGuest = m_counters.droppedFromGuest};
}

} // namespace engine::net
