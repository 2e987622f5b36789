//! A lesson's questions while it is told: the run is recorded first, then told up to where a question belongs. Answers are
//! marked when everything was seen. They are lines of standard input, from a person or from a pipe.

use std::io::{self, IsTerminal as _};

use super::answers::Answers;
use super::input::{read_line, throw_away_typed_ahead};
use super::{
    Act, Console, Failure, FormatChoice, Lesson, LessonArgs, Line, Message, Session, Teller, now,
    view,
};
use crate::cli::ShowArgs;
use crate::explain::Moment;
use crate::explain::expect::Evidence;
use crate::lesson::{Answer, Answered, Ask, Mark, Of, Solution, When, seal};
use crate::model::{Time, Untrusted};
use crate::notation::Pattern;
use crate::notation::vocabulary::NumericField;
use crate::protocol::decode::TcpFlags;
use crate::session::console::Asked;
use crate::session::pace::{Pace, Pauses};
use crate::views::lesson::Whose;
use crate::views::{Options, Role};

/// Whether and how questions are asked.
pub struct Questions<'s> {
    console: &'s Console,
    wanted: bool,
    teacher: bool,
    /// Standard input has come to its end.
    over: bool,
    answers: Answers,
    /// What was answered before the present run.
    early: Vec<EarlyAnswer>,
}

/// What was said to a question before its run: it can be marked when that is over.
struct EarlyAnswer {
    ask: String,
    given: Option<Given>,
}

/// An answer, and when it was given.
#[derive(Clone)]
struct Given {
    text: Untrusted,
    at: Time,
    /// Hints that were asked for before.
    hints: u32,
}

/// Asks a person whether to try again, with a new run; a pipe is told how.
pub fn wants_again(console: &Console, session: &Session) -> Result<bool, Failure> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Ok(false);
    }
    let question = console.catalogue.word("lesson-ask-again-prompt");
    let line = match console.ask(&question, false)? {
        Asked::Line(line) => Some(line),
        Asked::Nothing => None,
        Asked::Elsewhere if console.is_left() => None,
        Asked::Elsewhere => {
            console.print(&format!("\n{question} "))?;
            read_line(session)
        }
    };
    Ok(line.is_some_and(|line| super::progress::is_yes(&line)))
}

/// A question of this run.
pub struct PendingQuestion<'a> {
    ask: &'a Ask,
    solution: Option<Solution>,
    /// Before how many told moments it is asked.
    at: usize,
    asked: bool,
    given: Option<Given>,
    /// It was answered before the run: only what became of that is still to be said.
    early: bool,
}

impl<'s> Questions<'s> {
    /// As the flags say; a program that reads the story is asked nothing, and neither is a person whose questions
    /// would go down a pipe unseen.
    pub fn new(args: &LessonArgs, console: &'s Console) -> Self {
        Self {
            console,
            wanted: !args.no_ask
                && args.show.format != FormatChoice::Json
                && (io::stdout().is_terminal() || !io::stdin().is_terminal()),
            teacher: args.teacher,
            over: false,
            answers: Answers::default(),
            early: Vec::new(),
        }
    }

    /// What became of the questions.
    pub fn into_answers(self) -> Answers {
        self.answers
    }

    /// There is something to ask about this act, or to say of what was answered before its run.
    pub fn any(&self, act: &Act) -> bool {
        // What was answered before the run is marked, even if nothing more can be asked.
        let goes_on = !self.over || !self.early.is_empty();
        self.wanted && goes_on && !act.asks.is_empty()
    }

    /// Tells a run that was recorded, asking where each question belongs.
    pub fn tell<'a>(
        &mut self,
        lesson: &'a Lesson,
        act: &'a Act,
        (teller, pace, show): (Teller<'_>, Option<Pace>, &ShowArgs),
        session: &'a Session,
        options: &'a Options,
    ) -> Result<Vec<PendingQuestion<'a>>, Failure> {
        let mut asking = Asking {
            lesson,
            act,
            session,
            options,
            open: None,
            questions: self,
        };
        teller.finish_pausing(&mut asking, pace, show)?;
        Ok(asking.open.unwrap_or_default())
    }

    /// Marks what was asked, when all was seen.
    pub fn mark(
        &mut self,
        lesson: &Lesson,
        act: &Act,
        open: &[PendingQuestion<'_>],
        session: &Session,
        options: &Options,
    ) -> Result<(), Failure> {
        self.answers
            .add(act, open.iter().map(|one| one.answered(&lesson.hash)));
        if !self.teacher && open.iter().any(|one| one.given.is_some()) && !session.stopped() {
            self.console
                .print_lines(&self.marks(lesson, open, options))?;
        }
        Ok(())
    }

    /// Asks what is to be asked before the run, or lets a person make up their mind and begin it.
    pub fn before(
        &mut self,
        lesson: &Lesson,
        act: &Act,
        session: &Session,
        options: &Options,
    ) -> Result<(), Failure> {
        self.early.clear();
        let first = act.asks.iter().filter(|ask| ask.when == When::Start);
        let first: Vec<&Ask> = first.filter(|_| self.any(act)).collect();
        for ask in &first {
            if self.over {
                break;
            }
            self.question(lesson, ask, options)?;
            if !self.teacher {
                // No answer of this run is known yet: only its form is looked at.
                let given = self.answer(lesson, ask, &ask.unsolved(), session, options)?;
                let ask = ask.id.clone();
                self.early.push(EarlyAnswer { ask, given });
            }
        }
        if first.is_empty() || self.teacher {
            self.begin(session)?;
        }
        Ok(())
    }

    /// Who is not asked anything before an act makes up their mind, and begins it.
    fn begin(&self, session: &Session) -> Result<(), Failure> {
        if !self.wanted || self.over {
            return Ok(());
        }
        let does = self.console.catalogue.word("lesson-begin-prompt");
        if self.console.is_read() {
            return self.console.wait_to_go_on(&does).map(drop);
        }
        let is_watched = io::stdin().is_terminal() && io::stdout().is_terminal();
        if !is_watched || self.teacher {
            return Ok(());
        }
        self.console.print(&format!("{does} "))?;
        throw_away_typed_ahead();
        // Whatever is typed, and the end of it as well, begins the run.
        let _ = read_line(session);
        self.console.print("\n")
    }

    fn question(&self, lesson: &Lesson, ask: &Ask, options: &Options) -> Result<(), Failure> {
        let lines = view::question(lesson, &ask.id, options);
        self.console.print_lines(&lines)
    }

    fn one(
        &mut self,
        lesson: &Lesson,
        one: &mut PendingQuestion<'_>,
        session: &Session,
        options: &Options,
    ) -> Result<(), Failure> {
        let Some(solution) = &one.solution else {
            return Ok(());
        };
        if self.teacher {
            if one.ask.when != When::Start {
                self.question(lesson, one.ask, options)?;
                let does = self.console.catalogue.word("viewer-go-answer");
                self.console.wait_to_go_on(&does)?;
            }
            let answer = Message::new("lesson-ask-answer").text("answer", solution.shown());
            return self.say(&answer, Role::Good);
        }
        if !one.early {
            self.question(lesson, one.ask, options)?;
            one.given = self.answer(lesson, one.ask, solution, session, options)?;
        }
        // No more than that: what is right the run shows, and the marks say at the end.
        match &one.given {
            Some(given) if solution.mark(&given.text) == Mark::Right => {
                self.say(&Message::new("lesson-ask-soon-right"), Role::Good)
            }
            Some(_) => self.say(&Message::new("lesson-ask-soon-wrong"), Role::Bad),
            None => Ok(()),
        }
    }

    /// What is answered, once it is an answer to this kind of question; nothing where it is skipped.
    fn answer(
        &mut self,
        lesson: &Lesson,
        ask: &Ask,
        form: &Solution,
        session: &Session,
        options: &Options,
    ) -> Result<Option<Given>, Failure> {
        let prompt = self.console.catalogue.word("lesson-ask-prompt");
        let (mut again, mut hints) = (false, 0_u32);
        if !self.console.is_read() {
            throw_away_typed_ahead();
        }
        while !self.over && !session.stopped() {
            let line = match self.console.ask(&prompt, again)? {
                Asked::Line(line) => Some(line),
                Asked::Nothing => return Ok(None),
                Asked::Elsewhere => self.line(&prompt, session)?,
            };
            again = true;
            let Some(line) = line else {
                self.over = true;
                if !session.stopped() {
                    self.say(&Message::new("lesson-ask-none"), Role::Faint)?;
                }
                return Ok(None);
            };
            if line.trim().is_empty() {
                return Ok(None);
            } else if matches!(line.trim(), "h" | "H" | "ｈ") {
                // A lesson's own words, then the general ones where they say more; then there is nothing left to say.
                hints = hints.saturating_add(1);
                match hints {
                    1 => self.hint(lesson, ask, options)?,
                    2 if Self::has_general_hint(lesson, ask, options) => {
                        self.say(&hint(ask), Role::Note)?;
                    }
                    _ => self.say(&Message::new("lesson-ask-no-more-hints"), Role::Faint)?,
                }
            } else if form.mark(line.as_str()) == Mark::Malformed {
                self.say(&form.form(), Role::Note)?;
            } else {
                let text = line.trim().into();
                let at = now();
                return Ok(Some(Given { text, at, hints }));
            }
        }
        Ok(None)
    }

    /// A line of standard input, asked for on the normal screen.
    fn line(&self, prompt: &str, session: &Session) -> Result<Option<String>, Failure> {
        self.console.print(&format!("  {prompt} > "))?;
        let line = read_line(session);
        if !io::stdin().is_terminal() || line.is_none() {
            self.console.print("\n")?;
        }
        Ok(line)
    }

    /// The lesson's own words where it has some, else what can be said of every question of this kind.
    fn hint(&self, lesson: &Lesson, ask: &Ask, options: &Options) -> Result<(), Failure> {
        let written = view::hint(lesson, &ask.id, options);
        if written.is_empty() {
            return self.say(&hint(ask), Role::Note);
        }
        self.console.print_lines(&written)
    }

    /// Behind the lesson's own hint there is still the one that fits every question of its kind.
    fn has_general_hint(lesson: &Lesson, ask: &Ask, options: &Options) -> bool {
        let shows_frames = !matches!(
            ask.answer,
            Answer::Number(Of::Sum(_)) | Answer::Choice(_) | Answer::Drawn(_) | Answer::Order(_)
        );
        shows_frames && !view::hint(lesson, &ask.id, options).is_empty()
    }

    fn say(&self, message: &Message, role: Role) -> Result<(), Failure> {
        let text = format!("  {}", self.console.say(message));
        self.console.print_lines(&[Line::of(role, text)])
    }

    fn marks(&self, lesson: &Lesson, open: &[PendingQuestion<'_>], options: &Options) -> Vec<Line> {
        let catalogue = &self.console.catalogue;
        let mut lines = vec![
            Line::default(),
            Line::of(Role::Title, catalogue.word("lesson-heading-marks")),
        ];
        let mut wrong = false;
        for one in open {
            let given = one.given.as_ref().map(|given| &given.text);
            let solution = one.solution.as_ref();
            let words = (solution, given, Whose::Yours);
            lines.extend(view::marked(lesson, &one.ask.id, words, options));
            wrong |= match (solution, given) {
                (Some(solution), Some(given)) => solution.mark(given) == Mark::Wrong,
                _ => false,
            };
        }
        if wrong {
            let again = Message::new("lesson-ask-again").text("name", &lesson.name);
            lines.push(Line::of(
                Role::Faint,
                format!("  {}", catalogue.say(&again)),
            ));
        }
        lines
    }
}

/// An act's questions while it is told.
struct Asking<'a, 'q, 's> {
    lesson: &'a Lesson,
    act: &'a Act,
    session: &'a Session,
    options: &'a Options,
    /// None before the moments are known.
    open: Option<Vec<PendingQuestion<'a>>>,
    questions: &'q mut Questions<'s>,
}

impl Asking<'_, '_, '_> {
    /// Which question is to be asked before this moment; where nothing more is asked, which one that was answered before
    /// the run is to be spoken of.
    fn due(&self, at: usize) -> Option<usize> {
        let over = self.questions.over || !self.questions.wanted;
        let open = self.open.as_ref().filter(|_| !self.session.stopped())?;
        open.iter()
            .position(|one| one.is_due(at) && (one.early || !over))
    }
}

impl Pauses for Asking<'_, '_, '_> {
    fn wants(&mut self, all: &[Moment], at: usize) -> bool {
        let early = &self.questions.early;
        self.open
            .get_or_insert_with(|| prepare(self.act, early, all));
        self.due(at).is_some()
    }

    fn pause(&mut self, _all: &[Moment], at: usize) -> Result<(), Failure> {
        let due = self
            .due(at)
            .and_then(|due| self.open.as_mut()?.get_mut(due));
        let Some(one) = due else {
            return Ok(());
        };
        one.asked = true;
        self.questions
            .one(self.lesson, one, self.session, self.options)
    }

    fn stopped(&self) -> bool {
        self.session.stopped()
    }
}

impl PendingQuestion<'_> {
    /// It is to be asked before this moment, and was not yet.
    fn is_due(&self, at: usize) -> bool {
        !self.asked && self.at <= at && self.solution.is_some()
    }

    /// For the hand-in to a lesson of this hash.
    fn answered(&self, lesson_hash: &str) -> Answered {
        let marked = self.solution.as_ref().zip(self.given.as_ref());
        let seal = marked.map(|(solution, given)| {
            let right = solution.shown();
            seal(
                lesson_hash,
                &self.ask.id,
                given.text.raw(),
                given.at,
                &right,
            )
            .into()
        });
        Answered {
            ask: self.ask.id.as_str().into(),
            answer: self.given.as_ref().map(|given| given.text.clone()),
            at: self.given.as_ref().map(|given| given.at),
            right: marked.map(|(solution, given)| solution.mark(&given.text) == Mark::Right),
            hints: self.given.as_ref().map(|given| given.hints),
            seal,
        }
    }
}

/// The questions of an act, with their answers in this run and their places in its story.
fn prepare<'a>(
    act: &'a Act,
    early: &[EarlyAnswer],
    moments: &[Moment],
) -> Vec<PendingQuestion<'a>> {
    let evidence = Evidence::of(moments);
    let said = |ask: &Ask| early.iter().find(|said| said.ask == ask.id);
    act.asks
        .iter()
        .map(|ask| PendingQuestion {
            ask,
            solution: ask.solve(act, &evidence),
            at: ask.place(moments, &evidence),
            asked: false,
            given: said(ask).and_then(|said| said.given.clone()),
            early: said(ask).is_some(),
        })
        .collect()
}

/// What can be said of every question of its kind: the frames to look at, without what is asked for.
fn hint(ask: &Ask) -> Message {
    match &ask.answer {
        Answer::Number(Of::Frame(key, pattern)) => {
            let is_answer = |word: &str| {
                let name = NumericField::ALL.iter().find(|(_, known)| known == key);
                let rest = name.and_then(|(name, _)| word.strip_prefix(name));
                rest.is_some_and(|rest| rest.starts_with(['=', '<', '>', '!']))
            };
            Message::new("lesson-ask-hint-frame").text("pattern", without(pattern, is_answer))
        }
        Answer::Flags(pattern) => {
            let is_flag = |word: &str| word == "…" || TcpFlags::from_name(word).is_some();
            Message::new("lesson-ask-hint-frame").text("pattern", without(pattern, is_flag))
        }
        Answer::Number(Of::Count(pattern)) => {
            Message::new("lesson-ask-hint-count").text("pattern", pattern.to_string())
        }
        Answer::Number(Of::Sum(_)) | Answer::Choice(_) | Answer::Drawn(_) | Answer::Order(_) => {
            Message::new("lesson-ask-hint-watch")
        }
    }
}

/// A pattern without some of its words.
fn without(pattern: &Pattern, unwanted: impl Fn(&str) -> bool) -> String {
    let text = pattern.to_string();
    let kept: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !unwanted(word))
        .collect();
    kept.join(" ")
}
