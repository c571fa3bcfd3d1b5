// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/doctor_command.h"

#include "cli/exit_codes.h"
#include "vm/host_check.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace app {

namespace {

void printAsJson(const engine::HostReport& report)
{
    nlohmann::json steps = nlohmann::json::array();
    for (const engine::HostCheckStep& step : report.steps)
        steps.push_back({{"name", step.name},
                         {"ok", step.ok},
                         {"explanation", step.explanation},
                         {"fix", step.fixCommand}});
    nlohmann::json capabilities = nlohmann::json::object();
    for (const engine::HostCapability& capability : report.capabilities)
        capabilities[capability.name] = capability.value;
    std::cout << nlohmann::json{{"healthy", report.healthy},
                                {"softwareVirtualization", report.softwareVirtualization},
                                {"steps", steps},
                                {"capabilities", capabilities}}
                     .dump(2)
              << '\n';
}

void printForPeople(const engine::HostReport& report, bool withCapabilities)
{
    for (const engine::HostCheckStep& step : report.steps) {
        std::cout << (step.ok ? "ok      " : "FAILED  ") << step.name << ": " << step.explanation << '\n';
        if (!step.fixCommand.empty())
            std::cout << "        To mend it:  " << step.fixCommand << '\n';
    }
    if (report.softwareVirtualization)
        std::cout << "note    KVM works here without VT-x or AMD-V: guests run, but many times slower.\n";
    if (withCapabilities)
        for (const engine::HostCapability& capability : report.capabilities)
            std::cout << "        " << capability.name << " = " << capability.value << '\n';
    std::cout << (report.healthy ? "This computer can run guests.\n"
                                 : "This computer cannot run guests yet.\n");
}

} // namespace

void addDoctorCommand(CLI::App& program, int& exitCode)
{
    CLI::App* doctor = program.add_subcommand("doctor", "Check whether this computer can run guests");
    struct Options {
        bool json = false;
        bool capabilities = false;
    };
    auto options = std::make_shared<Options>();
    doctor->add_flag("--json", options->json, "Print the findings and all capabilities as JSON");
    doctor->add_flag("--capabilities", options->capabilities, "Also list what KVM offers here");
    doctor->callback([&exitCode, options] {
        const engine::HostReport report = engine::checkHost();
        if (options->json)
            printAsJson(report);
        else
            printForPeople(report, options->capabilities);
        exitCode = report.healthy ? ExitOk : ExitNoKvm;
    });
}

} // namespace app
