// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop application as a module: the program loads it when it is started without a verb.
#include "desktop/desktop.h"
#include "desktop/thread_launcher.h"
#include "library/demo_medium.h"
#include "view/console_view.h"
#include "vm/host_check.h"

#include <csignal>
#include <cstdlib>

namespace {

class EngineHostCheck final : public app::HostCheck {
public:
    [[nodiscard]] std::vector<app::HostCheckStep> run() override
    {
        std::vector<app::HostCheckStep> steps;
        for (const engine::HostCheckStep& step : engine::checkHost().steps)
            steps.push_back({.name = step.name,
                             .isOk = step.ok,
                             .problem = step.ok ? std::string() : step.explanation,
                             .remedy = step.fixCommand});
        return steps;
    }
};

class ViewControls final : public app::ConsoleControls {
public:
    explicit ViewControls(console::ConsoleView* view) : ConsoleControls(view), m_view(view)
    {
        connect(view, &console::ConsoleView::releaseRequested, this, &ConsoleControls::leaveRequested);
        connect(view, &console::ConsoleView::fullScreenToggleRequested, this,
                &ConsoleControls::fullScreenRequested);
    }

    void setScaling(app::ConsoleScaling scaling) override
    {
        using enum app::ConsoleScaling;
        m_view->setScalingMode(scaling == Exact     ? console::ScalingMode::Actual
                               : scaling == Integer ? console::ScalingMode::Integer
                                                    : console::ScalingMode::Fit);
    }

private:
    console::ConsoleView* m_view;
};

app::MadeConsole makeConsole(const QString& rfbSocketPath, QWidget* parent)
{
    auto* view = new console::ConsoleView(parent);
    view->setAccessibleName(QObject::tr("Screen of the guest"));
    view->client().openPath(rfbSocketPath);
    return {.widget = view, .controls = new ViewControls(view)};
}

} // namespace

extern "C" int guesthouseDesktopMain(int argc, char** argv)
{
    // A viewer that goes away in the middle of a write must not end the program.
    std::signal(SIGPIPE, SIG_IGN);
    app::ThreadLauncher launcher;
    EngineHostCheck hostCheck;
    const auto disks = app::makeBlockDiskTool();
    return app::runDesktop(argc, argv,
                           {.launcher = launcher,
                            .disks = *disks,
                            .hostCheck = hostCheck,
                            .console = makeConsole,
                            .demoImage = app::findDemoMedium()});
}
