internal import KistCrypto
internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// A slot of a backup is opened in the same row as unlocks: one derivation at a time, and the same pause after a wrong key.
extension Agent {
    func advance(_ job: UnlockJob, _ wanted: BackupOpenRequest, _ intake: BackupIntake) throws -> Bool {
        if wanted.purpose == .restore {
            guard try takeLock(for: job) else { return false }
        }
        guard let proof = wanted.proof else { throw AgentFailure.invalid("proof") }
        if proof.with == .passphrase {
            try take(intake.vault.challenges, hasFactor: proof.hasFactor, job)
            return try derive(job, job.slots.removeFirst())
        }
        let opener = try opener(proof.with, job)
        do throws(VaultError) { try intake.unlock(with: opener, expecting: wanted.expect) } catch {
            throw Failures.of(error)
        }
        return try opened(job, wanted, intake)
    }

    func conclude(
        _ job: UnlockJob, _ derivation: Derivation, _ wanted: BackupOpenRequest, _ intake: BackupIntake
    ) throws -> Bool {
        let key: SlotKey?
        do throws(Argon2Error) { key = try derivation.takeKey() } catch {
            return try tryNext(job, after: Failures.of(error, isNew: false))
        }
        guard let key else { throw Failures.io("the key was taken already") }
        do throws(VaultError) { try intake.unlock(with: .passphrase(key), expecting: wanted.expect) } catch {
            return try tryNext(job, after: Failures.of(error))
        }
        return try opened(job, wanted, intake)
    }

    /// A right key ends no pause here: anybody can make a backup that they have the key of.
    private func opened(_ job: UnlockJob, _ wanted: BackupOpenRequest, _ intake: BackupIntake) throws -> Bool {
        guard let client = clients[job.client] else { throw Failures.locked }
        if wanted.purpose == .restore {
            // It may have been given up while the key was made.
            do { try session.takeLock() } catch { throw Failures.of(error) }
        }
        let progress = try begin(intake, wanted, client)
        finish(job) { reply($0, job.id, progress.json) }
        return true
    }
}
