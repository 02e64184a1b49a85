//! Limits: held, and said with their strength.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use plan::Strength;
use record::event::Event;
use support::{Place, STOP, command, logged, plan, run, subject};

/// The single line a subject logs.
fn said(action: &str, memory_bytes: u64) -> String {
    let place = Place::new();
    let mut subject = subject("a", action, STOP);
    subject.memory_bytes = memory_bytes;
    let plan = plan(vec![subject], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("its line", |status| status.subjects[0].log_lines > 0);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    logged(&events, "a").first().cloned().unwrap()
}

#[test]
fn memory_ends_where_the_plan_says() {
    let line = said("memory:100000000", 16 << 20);
    let taken: u64 = line.strip_prefix("took ").unwrap().parse().unwrap();
    assert!((8 << 20..16 << 20).contains(&taken), "{line}");
}

/// Process of a subject and of its keeper.
fn pids(status: &record::status::Status) -> (u32, u32) {
    let pid = status.subjects[0].pid;
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let parent = text.lines().find_map(|line| line.strip_prefix("PPid:\t"));
    (pid, parent.unwrap().parse().unwrap())
}

/// What the kernel adds to the memory a process uses when it chooses whom to kill.
fn adjustment(pid: u32) -> i32 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap();
    text.trim().parse().unwrap()
}

#[test]
fn the_kernel_kills_a_subject_before_its_keeper() {
    for privileged in [true, false] {
        let place = Place::new();
        let plan = plan(vec![subject("a", "idle", STOP)], &[]);
        let mut run = if privileged {
            support::start(&place, &plan, &[])
        } else {
            support::start_unprivileged(&place, &plan, &[])
        };
        let page = run.wait_for("its start", |status| status.subjects[0].pid != 0);
        let (subject, keeper) = pids(&page);
        let (subject, keeper) = (adjustment(subject), adjustment(keeper));
        // Not in thousandths of a thousand: whatever both use, the subject is more.
        assert!(subject - keeper >= 999, "{subject} {keeper}");
        run.terminate();
        run.finish();
    }
}

/// The group's limit is lowered from outside, so that it is reached before the process's own, and set back
/// before the next start, whose audit compares it.
#[test]
fn a_subject_that_is_killed_for_want_of_memory_is_recorded_as_that_and_starts_again() {
    let place = Place::new();
    let rule = plan::FailurePlan {
        delay_ms: 3000,
        ..support::restart(1, true)
    };
    let mut growing = subject("a", "grow", rule);
    growing.memory_bytes = 256 << 20;
    let plan = plan(vec![growing], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let page = run.wait_for("its start", |status| status.subjects[0].pid != 0);
    let lines = support::sentences(&page.mechanisms);
    let line = lines.iter().find(|line| line.starts_with("memory: "));
    let (root, limits): (&str, &[&str]) = match line.unwrap() {
        line if line.contains("control groups version 1") => (
            "/sys/fs/cgroup/memory",
            &["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"],
        ),
        line if line.contains("control groups version 2") => ("/sys/fs/cgroup", &["memory.max"]),
        // This user has no control groups: there is nothing to be seen here.
        _ => {
            run.terminate();
            run.finish();
            return;
        }
    };
    let keeper = pids(&page).1;
    let text = std::fs::read_to_string(format!("/proc/{keeper}/cgroup")).unwrap();
    let suffix = format!("/bulkhead-{}-{}/a", plan.core.system, run.pid());
    let groups = text.lines().filter_map(|line| line.splitn(3, ':').nth(2));
    let group = groups
        .filter(|group| group.ends_with(&suffix))
        .map(|group| format!("{root}{group}"))
        .find(|group| std::path::Path::new(group).join(limits[0]).exists());
    let files: Vec<String> = (limits.iter())
        .map(|file| format!("{}/{file}", group.clone().unwrap()))
        .filter(|file| std::path::Path::new(file).exists())
        .collect();
    let before: Vec<String> = (files.iter())
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    for file in &files {
        let _ = std::fs::write(file, (32_u64 << 20).to_string());
    }
    let waiting = |status: &record::status::Status| {
        status.subjects[0].state == record::status::SubjectState::Waiting
    };
    run.wait_for("its end", waiting);
    // The larger limit first.
    for (file, before) in files.iter().zip(&before).rev() {
        std::fs::write(file, before.trim()).unwrap();
    }
    let page = run.wait_for("its second start", |status| {
        status.subjects[0].epoch == 2 && status.subjects[0].pid != 0
    });
    assert_eq!(pids(&page).1, keeper, "the keeper lives");
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(
        support::causes(&events, "a").first().map(String::as_str),
        Some("out of memory (as its control group counted): killed by the kernel")
    );
}

#[test]
fn threads_end() {
    let line = said("threads:500", 64 << 20);
    let started: u64 = line.strip_prefix("started ").unwrap().parse().unwrap();
    assert!((8..linux::limits::THREADS_MAX).contains(&started), "{line}");
}

#[test]
fn a_flood_of_log_lines_is_bounded_and_counted() {
    let place = Place::new();
    let mut calm = subject("b", "idle", STOP);
    calm.heartbeat_ms = 1000;
    let plan = plan(vec![subject("a", "flood", STOP), calm], &[]);
    let (status, errors, events) = run(&place, &plan, 1000);
    assert_eq!(status, Some(0), "{errors}");
    let lost = |event: &Event| match event {
        Event::LogLost { subject, lines } if subject == "a" => *lines,
        _ => 0,
    };
    assert!(events.iter().map(lost).sum::<u64>() > 1000);
    assert!(logged(&events, "a").len() < 20_000);
}

#[test]
fn each_limit_is_said_with_its_mechanism() {
    let place = Place::new();
    let mut budgeted = subject("a", "idle", STOP);
    (budgeted.budget_us, budgeted.budget_period_us) = (2_000, 10_000);
    let plan = plan(vec![budgeted], &[]);
    let (status, errors, events) = run(&place, &plan, 200);
    assert_eq!(status, Some(0), "{errors}");
    let in_force = |event: &&Event| matches!(event, Event::InForce { .. });
    let Some(Event::InForce { mechanisms }) = events.iter().find(in_force) else {
        panic!("{events:?}")
    };
    let mechanisms = support::sentences(mechanisms);
    for subject in ["memory: ", "processor: ", "threads: ", "users: "] {
        assert!(
            mechanisms.iter().any(|line| line.starts_with(subject)),
            "{mechanisms:?}"
        );
    }
}

/// An ordinary user has no control groups here; a plan that wants them is refused, by name.
/// The keeper, too: it is the subject's parent.
#[test]
fn a_partition_is_in_the_groups_that_are_said() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let running = |status: &record::status::Status| status.subjects[0].beats > 0;
    let status = run.wait_for("its first beat", running);
    let pid = status.subjects[0].pid;
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let parent = text.lines().find_map(|line| line.strip_prefix("PPid:\t"));
    let group = format!("/bulkhead-{}-{}/a", plan.core.system, run.pid());
    for (resource, controller) in [("memory: ", "memory"), ("threads: ", "pids")] {
        let line = |line: &&String| line.starts_with(resource);
        let lines = support::sentences(&status.mechanisms);
        let line = lines.iter().find(line).unwrap();
        // Version 2 has one hierarchy, whose line names no controller.
        let controller = match line {
            line if line.contains("control groups version 1") => controller,
            line if line.contains("control groups version 2") => "",
            _ => continue,
        };
        for process in [&pid.to_string(), parent.unwrap()] {
            let text = std::fs::read_to_string(format!("/proc/{process}/cgroup")).unwrap();
            let path = text.lines().find_map(|line| {
                let (_, rest) = line.split_once(':')?;
                let (name, path) = rest.split_once(':')?;
                (name == controller).then_some(path)
            });
            assert!(path.unwrap().ends_with(&group), "{line}: {text}");
        }
    }
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn a_strict_limit_without_an_exact_mechanism_is_refused() {
    for memory in [true, false] {
        let place = Place::new();
        let mut budgeted = subject("a", "idle", STOP);
        (budgeted.budget_us, budgeted.budget_period_us) = (2_000, 10_000);
        let mut plan = plan(vec![budgeted], &[]);
        let enforce = &mut plan.core.platform.enforce;
        let name = if memory {
            enforce.memory = Strength::Hard;
            "memory"
        } else {
            enforce.processor = Strength::Hard;
            "processor"
        };
        let run = support::start_unprivileged(&place, &plan, &["--for-ms", "200"]);
        let (status, errors, events) = run.finish();
        if status == Some(0) {
            // This user does have control groups: then the mechanism must be one.
            let in_force = |event: &&Event| matches!(event, Event::InForce { .. });
            let Some(Event::InForce { mechanisms }) = events.iter().find(in_force) else {
                panic!("{events:?}")
            };
            let lines = support::sentences(mechanisms);
            let line = lines.iter().find(|line| line.starts_with(name)).unwrap();
            assert!(line.contains("control groups"), "{line}");
            continue;
        }
        assert_eq!(status, Some(3), "{errors}");
        assert!(
            errors.starts_with("error[limit-not-enforceable]"),
            "{errors}"
        );
        assert!(errors.contains(&format!("its {name} limits")), "{errors}");
    }
}

/// Whoever may make control groups can have a strict budget, but not one the kernel cannot keep.
#[test]
fn a_budget_shorter_than_the_kernel_can_keep_is_not_strict() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let place = Place::new();
    let mut budgeted = subject("a", "idle", STOP);
    (budgeted.budget_us, budgeted.budget_period_us) = (100, 1_000);
    let mut plan = plan(vec![budgeted], &[]);
    plan.core.platform.enforce.processor = Strength::Hard;
    let (status, errors, _) = run(&place, &plan, 200);
    assert_eq!(status, Some(3), "{errors}");
    assert!(errors.contains("limit-not-enforceable"), "{errors}");
}

/// A subject that spins gets no more processor time than its budget, where there is a mechanism.
#[test]
fn a_budget_is_kept() {
    let place = Place::new();
    let mut spinning = subject("a", "spin", STOP);
    (spinning.budget_us, spinning.budget_period_us) = (5_000, 50_000);
    let plan = plan(vec![spinning], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let page = run.wait_for("its start", |status| status.subjects[0].pid != 0);
    let begin = std::time::Instant::now();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", page.subjects[0].pid)).unwrap();
    let elapsed = begin.elapsed();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<u64> = fields
        .split(' ')
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    // User and system time, in ticks of 10 ms.
    let used_ms = (fields[11] + fields[12]) * 10;
    let mut lines = support::sentences(&page.mechanisms).into_iter();
    let line = lines.find(|line| line.starts_with("processor")).unwrap();
    if line.contains("control groups") {
        let budget_ms = u64::try_from(elapsed.as_millis()).unwrap() / 10;
        assert!(used_ms <= budget_ms + 150, "{used_ms} ms of {budget_ms} ms");
    } else {
        assert!(line.contains("not enforced"), "{line}");
    }
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn too_few_descriptors_are_refused_before_anything_starts() {
    let place = Place::new();
    let subjects = vec![subject("a", "idle", STOP)];
    let usual = command(&place, &plan(subjects, &[]), &["--for-ms", "10"]);
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "ulimit -n 64; exec \"$@\"", "sh"])
        .arg(usual.get_program())
        .args(usual.get_args());
    let output = limited.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.starts_with("error[too-few-descriptors]"), "{errors}");
}
