import Glibc

/// Campaigns against the vault inside one process, after the key derivation: `vault-campaign NAME [--option value]…`.
///
/// Options: `--from N --to N` (the part of the campaign to do), `--seed S`, `--fixture FOLDER` (made by `make`), `--work FOLDER`
/// (where bent copies lie; in memory is fastest). One line of JSON at the end: what was counted. Status 1 when a promise was broken.
let campaigns: [String: (Options) throws -> Tally] = [
    "make": Fixture.make, "flips": Flips.run, "cuts": Cuts.run, "swaps": Swaps.run, "rollbacks": Rollbacks.run,
    "drops": Drops.run, "headers": Headers.run, "nonces": Nonces.run, "contexts": Contexts.run, "model": Model.run,
    "interrupt": Journals.interrupt, "journals": Journals.run,
]
guard let options = Options(CommandLine.arguments), let campaign = campaigns[options.name] else {
    print(
        "vault-campaign \(campaigns.keys.sorted().joined(separator: "|")) [--from N] [--to N] [--seed S] [--fixture F] [--work F]"
    )
    exit(64)
}
let tally = try campaign(options)
print(tally.json)
exit(tally.broken.isEmpty ? 0 : 1)
