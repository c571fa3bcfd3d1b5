// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/share_command.h"

#include "cli/exit_codes.h"
#include "runtime/control_client.h"
#include "runtime/runtime_folder.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
using nlohmann::json;

namespace {

struct Arguments {
    std::string guest;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::string passwordFile;
    bool tls = false;
    std::string certificate;
    std::string key;
    bool stop = false;
};

/// The first line of the file, or of standard input for "-". Never on the command line, which every user
/// of the computer can read.
Result<std::string> readPassword(const std::string& path)
{
    std::string password;
    if (path == "-") {
        std::getline(std::cin, password);
        return password;
    }
    std::ifstream file(path);
    if (!file)
        return fail(ErrorCode::NotFound, "cannot read the password from " + path);
    std::getline(file, password);
    return password;
}

/// The engine opens them in a process that may have another working directory.
std::string absolute(const std::string& path)
{
    return path.empty() ? path : std::filesystem::absolute(path).string();
}

Result<json> ask(const Arguments& arguments)
{
    const RunningGuest found = VM_TRY(findRunningGuest(arguments.guest));
    ControlClient client = VM_TRY(ControlClient::connect(found.folder / "control.sock"));
    constexpr std::chrono::seconds Patience(30);
    if (arguments.stop)
        return client.request("unshare", json::object(), Patience);
    if (arguments.passwordFile.empty())
        return fail(ErrorCode::InvalidArgument,
                    "a shared screen needs a password: name a file that holds it with --password-file, or - "
                    "to type it");
    return client.request("share",
                          {{"address", arguments.address},
                           {"port", arguments.port},
                           {"password", VM_TRY(readPassword(arguments.passwordFile))},
                           {"encrypt", arguments.tls || !arguments.certificate.empty()},
                           {"certificateFile", absolute(arguments.certificate)},
                           {"keyFile", absolute(arguments.key)}},
                          Patience);
}

int share(const Arguments& arguments)
{
    const auto answer = ask(arguments);
    if (!answer) {
        std::cerr << "guesthouse: " << answer.error().message() << '\n';
        return answer.error().code == ErrorCode::InvalidArgument ? ExitUsage : ExitFailure;
    }
    if (arguments.stop)
        return ExitOk;
    std::cout << answer->value("address", "") << ' ' << answer->value("port", 0) << '\n';
    std::cerr << "guesthouse: warning: whoever knows the password can see and use this guest until you run "
                 "\"guesthouse share "
              << arguments.guest << " --stop\".\n";
    if (!answer->value("encrypted", false))
        std::cerr << "guesthouse: warning: the connection is not encrypted; anybody on the way can read the "
                     "screen and every key. Add --tls if your viewer supports it.\n";
    return ExitOk;
}

} // namespace

void addShareCommand(CLI::App& program, int& exitCode)
{
    CLI::App* verb =
        program.add_subcommand("share", "Open a running guest's screen to VNC viewers on the network");
    auto arguments = std::make_shared<Arguments>();
    verb->add_option("guest", arguments->guest, "The running guest's name, id, or the beginning of its id")
        ->required();
    verb->add_option("--address", arguments->address, "Where to listen; 0.0.0.0 or :: for every network")
        ->capture_default_str();
    verb->add_option("--port", arguments->port, "Port; 0 for any free one")->capture_default_str();
    verb->add_option("--password-file", arguments->passwordFile,
                     "A file whose first line is the password, 1 to 8 characters; - for standard input");
    verb->add_flag("--tls", arguments->tls, "Encrypt (VeNCrypt)");
    CLI::Option* certificate = verb->add_option("--certificate", arguments->certificate,
                                                "With --tls: prove who we are with this certificate (PEM)");
    verb->add_option("--key", arguments->key, "The certificate's private key (PEM)")->needs(certificate);
    verb->add_flag("--stop", arguments->stop, "Close the screen to the network again");
    verb->footer("Prints the address and the port. Without --tls the screen travels in the open.");
    verb->callback([&exitCode, arguments] { exitCode = share(*arguments); });
}

} // namespace app
