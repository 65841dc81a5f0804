import Dispatch
import Synchronization

/// Runs tasks on the thread that waits for them: no input waits for another thread's turn, and the same input always
/// takes the same way.
final class OwnThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let isThere = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        isThere.signal()
    }

    /// Runs what there is, and what comes, until it is done.
    func work(until isDone: () -> Bool) {
        while !isDone() {
            isThere.wait()
            let job = jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
