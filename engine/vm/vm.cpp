// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/vm.h"

#include "display/png_file.h"
#include "display/screen_text.h"
#include "vm/vm_impl.h"

namespace engine {

Vm::Vm(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Vm::~Vm() = default;

Result<std::unique_ptr<Vm>> Vm::create(VmConfig config, VmObserver& observer,
                                       std::shared_ptr<SerialBackend> serial)
{
    auto impl = std::make_unique<Impl>(std::move(config), observer, std::move(serial));
    VM_TRY(impl->build());
    return std::unique_ptr<Vm>(new Vm(std::move(impl)));
}

void Vm::requestStart(Done done)
{
    m_impl->request(&Impl::start, std::move(done));
}

void Vm::requestPause(Done done)
{
    m_impl->request(&Impl::pause, std::move(done));
}

void Vm::requestResume(Done done)
{
    m_impl->request(&Impl::resume, std::move(done));
}

void Vm::requestReset(Done done)
{
    m_impl->request(&Impl::reset, std::move(done));
}

void Vm::requestPowerButton(Done done)
{
    m_impl->request(&Impl::pressPowerButton, std::move(done));
}

void Vm::requestStop(Done done)
{
    m_impl->request(&Impl::stop, std::move(done));
}

Result<> Vm::addForward(std::size_t network, const PortForward& rule)
{
    return VM_TRY(m_impl->networks().network(network))->addForward(rule);
}

Result<> Vm::removeForward(std::size_t network, const PortForward& rule)
{
    return VM_TRY(m_impl->networks().network(network))->removeForward(rule);
}

Result<std::vector<PortForward>> Vm::forwards(std::size_t network)
{
    return VM_TRY(m_impl->networks().network(network))->forwards();
}

net::GuestNetwork* Vm::network(std::size_t network)
{
    return m_impl->networks().network(network).value_or(nullptr);
}

VmState Vm::state() const
{
    return m_impl->state();
}

std::string Vm::stateReason() const
{
    return m_impl->stateReason();
}

const VmConfig& Vm::config() const
{
    return m_impl->config();
}

std::chrono::milliseconds Vm::uptime() const
{
    return m_impl->uptime();
}

VmStatistics Vm::statistics() const
{
    return m_impl->statistics();
}

std::vector<Milestone> Vm::milestones() const
{
    return m_impl->milestones();
}

std::vector<LogEntry> Vm::logEntries() const
{
    return m_impl->logEntries();
}

Result<ScreenTextView> Vm::screenText()
{
    const display::VgaAdapter* vga = m_impl->machine().vga();
    if (!vga)
        return fail(ErrorCode::Unsupported, "this guest has no display");
    const display::DrawnScreen* drawn = m_impl->machine().drawnScreen();
    if (drawn && drawn->isInCharge())
        return fail(ErrorCode::Unsupported,
                    "the screen shows no text mode (the guest's own graphics driver draws it); take a "
                    "screenshot instead");
    const display::ScreenText screen = display::screenText(*vga);
    if (!screen.text)
        return fail(ErrorCode::Unsupported,
                    "the screen shows no text mode (" + screen.modeName + "); take a screenshot instead");
    ScreenTextView view{.columns = screen.text->columns,
                        .rows = static_cast<std::uint32_t>(screen.text->rows.size()),
                        .lines = screen.text->rows};
    if (screen.text->cursor) {
        view.cursorColumn = screen.text->cursor->column;
        view.cursorRow = screen.text->cursor->row;
    }
    return view;
}

void Vm::requestCdChange(std::size_t drive, std::string path, Done done)
{
    m_impl->post([impl = m_impl.get(), drive, path = std::move(path), done = std::move(done)]() mutable {
        auto outcome = impl->changeCd(drive, path);
        if (done)
            done(std::move(outcome));
    });
}

KeyboardSink& Vm::keyboard()
{
    return m_impl->machine().input().keyboard();
}

PointerSink& Vm::pointer()
{
    return m_impl->machine().input().pointer();
}

Vm::InputRoute Vm::inputRoute() const
{
    return {.keyboard = m_impl->machine().input().keyboard().choice().activeName(),
            .pointer = m_impl->machine().input().pointer().choice().activeName()};
}

KeyboardSink* Vm::keyboardNamed(const std::string& name)
{
    return m_impl->machine().input().keyboard().find(name);
}

display::DisplaySource* Vm::display()
{
    return m_impl->display();
}

Result<> Vm::screenshot(const std::filesystem::path& file)
{
    display::DisplayPump* display = m_impl->display();
    if (!display)
        return fail(ErrorCode::Unsupported, "this guest has no display");
    const display::FrameDescriptor frame = display->refreshNow();
    if (!frame.isValid())
        return fail(ErrorCode::InvalidState, "the guest's screen is blank: no mode has been set yet");
    return display::writePng(frame, file, display->currentCursor().get(), display->pointerPosition());
}

} // namespace engine
