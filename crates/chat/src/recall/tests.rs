//! Recall as stories: somebody said something, months ago, and somebody asks.

use proptest::prelude::*;

use super::*;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
/// 1 May 2026.
const MAY_MS: u64 = 1_777_593_600_000;

/// A history that is told line by line.
struct History {
    index: Index,
    now_ms: u64,
    next_id: u64,
}

impl History {
    /// One that begins on 1 May 2026.
    fn new() -> Self {
        Self { index: Index::new(), now_ms: MAY_MS, next_id: 1 }
    }

    /// Somebody says something in the first channel. Returns its id.
    fn say(&mut self, speaker: &str, text: &str) -> u64 {
        self.now_ms += MINUTE_MS;
        let message = Message {
            id: self.next_id,
            channel: 1,
            speaker: speaker.to_lowercase(),
            name: speaker.to_owned(),
            at_ms: self.now_ms,
            text: text.to_owned(),
            reply_to: None,
        };
        self.next_id += 1;
        let id = message.id;
        self.index.insert(message);
        id
    }

    /// Days pass, with talk of nothing in particular.
    fn days_pass(&mut self, n: u64) {
        const CHATTER: [&str; 8] = [
            "good morning everybody",
            "the bus was late again",
            "anyone up for a round of cards tonight?",
            "sounds great, count me in",
            "it rained all afternoon here",
            "lol that is so true",
            "just finished work, heading home",
            "sleep well!",
        ];
        for day in 0..n {
            self.now_ms += DAY_MS;
            for (at, text) in CHATTER.into_iter().enumerate() {
                self.say(["Ann", "Ben", "Cleo"][(at + day as usize) % 3], text);
            }
        }
    }

    /// The ids found for a question by somebody.
    fn asks(&self, asker: &str, text: &str) -> Vec<u64> {
        let asker = asker.to_lowercase();
        let query = Query { asker: Some(&asker), ..Query::new(text, self.now_ms) };
        self.index.recall(&query).into_iter().map(|hit| hit.id).collect()
    }

    /// What stands first.
    fn first(&self, asker: &str, text: &str) -> Option<u64> {
        self.asks(asker, text).first().copied()
    }
}

#[test]
fn a_question_is_answered_by_the_message_after_it() {
    let mut told = History::new();
    told.days_pass(3);
    let asked = told.say("Ann", "Did you name the dog yet?");
    let answer = told.say("Ben", "Yes! Biscuit.");
    told.days_pass(30);
    let found = told.asks("Cleo", "What is the name of Ben's dog?");
    assert_eq!(found[0], answer);
    assert!(found.contains(&asked));
}

#[test]
fn a_name_in_a_question_means_whose_words() {
    let mut told = History::new();
    let anns = told.say("Ann", "I am allergic to peanuts");
    told.days_pass(2);
    let bens = told.say("Ben", "I am allergic to cats");
    told.days_pass(2);
    told.say("Cleo", "hey Ben, hey Ann, how are you two?");
    told.days_pass(10);
    assert_eq!(told.first("Cleo", "what is Ann allergic to?"), Some(anns));
    assert_eq!(told.first("Cleo", "what is ben allergic to"), Some(bens));
    assert_eq!(told.first("Ben", "what am I allergic to?"), Some(bens));
    assert_eq!(told.first("Ann", "remember what I'm allergic to?"), Some(anns));
}

#[test]
fn between_two_people_you_is_the_other_one() {
    let mut told = History::new();
    let anns = told.say("Ann", "my favourite soup is leek");
    told.now_ms += DAY_MS;
    let bens = told.say("Ben", "my favourite soup is tomato");
    assert_eq!(told.first("Ann", "what is your favourite soup?"), Some(bens));
    assert_eq!(told.first("Ben", "what is your favourite soup?"), Some(anns));
}

#[test]
fn a_name_that_is_also_a_word_needs_its_capital() {
    let mut told = History::new();
    let wills = told.say("Will", "I bought a kayak");
    told.now_ms += DAY_MS;
    let anns = told.say("Ann", "I bought a kayak");
    told.now_ms += DAY_MS;
    assert_eq!(told.first("Cleo", "what kayak did Will buy?"), Some(wills));
    // The newer of two that say the same.
    assert_eq!(told.first("Cleo", "will somebody buy a kayak?"), Some(anns));
}

#[test]
fn the_talk_around_counts() {
    let mut told = History::new();
    told.say("Ann", "we finally booked the trip to Lisbon");
    told.say("Cleo", "oh nice");
    told.say("Ben", "how long is the flight?");
    let flight = told.say("Ann", "three hours, and the hotel is by the river");
    told.days_pass(5);
    let other = told.say("Ann", "three hours at the dentist today");
    told.days_pass(5);
    let found = told.asks("Ben", "How many hours is the flight to Lisbon?");
    let place = |id| found.iter().position(|known| *known == id);
    assert!(place(flight).is_some_and(|at| at < 2), "{found:?}");
    assert!(place(other).is_none_or(|at| place(flight) < Some(at)));
}

#[test]
fn a_reply_is_beside_what_it_replies_to() {
    let mut told = History::new();
    let asked = told.say("Ann", "who borrowed the accordion?");
    told.days_pass(2);
    let answer = told.say("Ben", "that was me, sorry");
    let mut message = told.index.get(answer).unwrap().clone();
    message.reply_to = Some(asked);
    told.index.insert(message);
    told.days_pass(3);
    assert!(told.asks("Cleo", "who had the accordion?").contains(&answer));
}

#[test]
fn yesterday_is_counted_from_now() {
    let mut told = History::new();
    told.say("Ann", "had pancakes for lunch");
    told.days_pass(20);
    let yesterday = told.say("Ann", "had dumplings for lunch");
    told.now_ms += DAY_MS;
    assert_eq!(told.first("Ann", "what did I have for lunch yesterday?"), Some(yesterday));
}

#[test]
fn a_day_can_be_asked_for_by_its_date() {
    let mut told = History::new();
    told.days_pass(10);
    told.now_ms += DAY_MS;
    let said = told.say("Ben", "fixed the roof with uncle Olaf");
    let day = Remembered::day(
        &handed_over(&told.index, &[Hit { id: said, score: 1.0, share: 1.0 }], 100, &|_| false)[0],
    );
    assert_eq!(day, "2026-05-12");
    told.days_pass(30);
    assert!(told.asks("Cleo", "what did Ben do on 12 May?").contains(&said));
}

#[test]
fn when_prefers_what_tells_a_time() {
    let mut told = History::new();
    let when = told.say("Ann", "my surgery is on Tuesday at 9am");
    told.days_pass(4);
    told.say("Ann", "so nervous about my surgery, they are nice though");
    told.days_pass(4);
    assert_eq!(told.first("Ben", "when is Ann's surgery?"), Some(when));
}

#[test]
fn a_slip_of_the_finger_is_forgiven() {
    let mut told = History::new();
    let said = told.say("Ann", "the accordion lessons are with Frau Novak");
    told.days_pass(5);
    for question in ["acordion lessons?", "who gives accordoin lessons", "the accordionn"] {
        assert_eq!(told.first("Ann", question), Some(said), "{question}");
    }
}

#[test]
fn a_kind_of_thing_finds_the_thing() {
    let mut told = History::new();
    let said = told.say("Ann", "practised the violin until my neighbour knocked");
    told.days_pass(5);
    assert_eq!(told.first("Ben", "which instrument does Ann play?"), Some(said));
    assert!(
        told.asks("Ben", "when did Ann purchase the house?").is_empty() || {
            // Nobody said anything of it: whatever is found is not the violin.
            told.first("Ben", "when did Ann purchase the house?") != Some(said)
        }
    );
}

#[test]
fn words_may_be_written_apart_or_together() {
    let mut told = History::new();
    let apart = told.say("Ann", "I work in a book store");
    told.days_pass(3);
    let together = told.say("Ben", "my housemate snores");
    told.days_pass(3);
    assert_eq!(told.first("Cleo", "who works at the bookstore"), Some(apart));
    assert_eq!(told.first("Cleo", "whose house mate snores"), Some(together));
}

#[test]
fn scripts_without_spaces_are_found_by_their_signs() {
    let mut told = History::new();
    let chinese = told.say("Ann", "我的狗叫小白,今年三岁");
    told.days_pass(2);
    let japanese = told.say("Ben", "京都でラーメンを食べました");
    told.days_pass(2);
    let thai = told.say("Cleo", "แมวของฉันชื่อมะลิ");
    told.days_pass(2);
    let russian = told.say("Ann", "мою собаку зовут Бублик");
    told.days_pass(2);
    assert_eq!(told.first("Ben", "小白几岁"), Some(chinese));
    assert_eq!(told.first("Ann", "ラーメンはどこで"), Some(japanese));
    assert_eq!(told.first("Ann", "แมวชื่ออะไร"), Some(thai));
    assert_eq!(told.first("Ben", "как зовут собаки?"), Some(russian));
}

#[test]
fn the_newer_statement_of_the_same_person_stands_first() {
    let mut told = History::new();
    let old = told.say("Ann", "I live in Bremen");
    told.days_pass(30);
    let new = told.say("Ann", "I live in Leeds");
    told.days_pass(5);
    let found = told.asks("Ben", "where does Ann live?");
    assert_eq!(found[..2], [new, old]);
    let found = told.asks("Ben", "where did Ann originally live?");
    assert_eq!(found[..2], [old, new]);
}

#[test]
fn a_statement_comes_before_a_question() {
    let mut told = History::new();
    told.say("Ann", "is the padlock code still the old one?");
    told.days_pass(3);
    let said = told.say("Ann", "the padlock code is 2906");
    told.days_pass(3);
    told.say("Ben", "padlock code?");
    told.days_pass(3);
    assert_eq!(told.first("Ben", "what is the padlock code?"), Some(said));
}

#[test]
fn what_the_personality_said_is_found_too() {
    let mut told = History::new();
    told.say("Ann", "Grim, recommend me a film");
    let own = told.say("Grim", "The Haunting of Leek House. It has soup in it.");
    told.days_pass(10);
    let query = Query {
        asker: Some("ann"),
        you: Some("grim"),
        ..Query::new("which film did you recommend to me?", told.now_ms)
    };
    assert_eq!(told.index.recall(&query)[0].id, own);
}

#[test]
fn what_is_in_the_window_is_not_recalled() {
    let mut told = History::new();
    let said = told.say("Ann", "my tortoise is called Turbo");
    let query = Query { exclude: &|id| id == said, ..Query::new("the tortoise?", told.now_ms) };
    assert!(told.index.recall(&query).is_empty());
}

#[test]
fn a_question_about_nothing_ever_said_finds_nothing() {
    let mut told = History::new();
    told.days_pass(30);
    for question in
        ["", "?!", "😀", "https://example.com/soup", "what?", "photosynthesis of rhododendrons"]
    {
        assert_eq!(told.first("Ann", question), None, "{question}");
    }
    assert!(Index::new().recall(&Query::new("anything", 0)).is_empty());
}

#[test]
fn names_told_from_outside_are_understood() {
    let mut told = History::new();
    let said = told.say("Ann", "my shoe size is 38");
    told.days_pass(1);
    told.say("Ben", "my shoe size is 44");
    told.days_pass(1);
    let names = [("Duchess", "ann")];
    let query = Query { names: &names, ..Query::new("Duchess's shoe size?", told.now_ms) };
    assert_eq!(told.index.recall(&query)[0].id, said);
}

#[test]
fn a_short_message_is_asked_together_with_the_two_before_it() {
    let before = ["I saw Ben at the lake", "with his new kayak", "nice one!"];
    let asked = query_text("and what about him?", &before);
    assert_eq!(asked, "with his new kayak\nnice one!\nand what about him?");
    let long = "which colour is the kayak Ben bought?";
    assert_eq!(query_text(long, &before), long);
    assert_eq!(query_text("hm", &[]), "hm");
}

#[test]
fn what_is_handed_over_makes_sense_and_is_short() {
    let mut told = History::new();
    let asked = told.say("Ann", "did you name the dog yet?");
    let answer = told.say("Ben", "yes, Biscuit");
    told.days_pass(20);
    let long = told.say("Ann", &"the dog ate my homework ".repeat(80));
    let hits = [answer, long].map(|id| Hit { id, score: 1.0, share: 1.0 });

    let handed = handed_over(&told.index, &hits, 1_000, &|_| false);
    let ids: Vec<_> = handed.iter().map(|it| (it.id, it.is_hit)).collect();
    assert_eq!(ids, [(asked, false), (answer, true), (long, true)]);
    assert_eq!(handed[1].day(), "2026-05-01");
    assert!(handed[2].text.ends_with('…') && handed[2].text.chars().count() <= 601);

    let handed = handed_over(&told.index, &hits, 40, &|_| false);
    assert_eq!(handed.len(), 2, "the long one does not fit");
    let handed = handed_over(&told.index, &hits, 1_000, &|id| id == asked);
    assert!(handed.iter().all(|it| it.id != asked));
    assert!(handed_over(&told.index, &hits, 0, &|_| false).is_empty());
}

#[test]
fn what_hardly_fits_is_not_handed_over() {
    let mut told = History::new();
    told.say("Ann", "I went to the market for leek and butter");
    told.days_pass(10);
    let handed = |text: &str| {
        let hits = told.index.recall(&Query::new(text, told.now_ms));
        handed_over(&told.index, &hits, 1_000, &|_| false)
    };
    assert!(handed("why did the stock market of Singapore crash after the election?").is_empty());
    assert!(!handed("what did Ann get at the market?").is_empty());
}

#[test]
fn what_is_said_to_a_person_is_about_them() {
    let mut told = History::new();
    for (asker, bed) in [("Ann", "3"), ("Cleo", "5")] {
        told.say(asker, "where can I put my seedlings?");
        told.say("Ben", &format!("{bed}, by the fence"));
        told.now_ms += DAY_MS;
    }
    let found = told.asks("Cleo", "where do my seedlings go?");
    let text = |id: &u64| told.index.get(*id).unwrap().text.clone();
    let answer = found.iter().map(text).find(|text| text.contains("fence"));
    assert_eq!(answer.as_deref(), Some("5, by the fence"));
}

#[test]
fn an_edit_keeps_its_place() {
    let mut told = History::new();
    let asked = told.say("Ann", "what's the password of the shed?");
    let answer = told.say("Ben", "swordfish");
    told.days_pass(9);
    let mut edit = told.index.get(answer).unwrap().clone();
    edit.text = "mackerel".to_owned();
    edit.at_ms = told.now_ms;
    told.index.insert(edit);
    assert_eq!(
        told.index.get(answer).unwrap().at_ms,
        told.index.get(asked).unwrap().at_ms + MINUTE_MS
    );
    assert_eq!(told.first("Cleo", "mackerel"), Some(answer));
    assert!(!told.asks("Cleo", "swordfish").contains(&answer));
    assert!(told.asks("Cleo", "password for the shed").contains(&answer));
}

#[test]
fn a_question_as_long_as_a_message_may_be_is_answered_soon() {
    let mut told = History::new();
    let said = told.say("Ann", "the accordion is in the attic");
    told.days_pass(20);
    let words: Vec<String> = (0..600).map(|n| format!("word{n}x")).collect();
    let long =
        [words.join(" "), "y".repeat(4_000), "犬".repeat(1_000), "accordion attic".to_owned()]
            .join(" ");
    let began = std::time::Instant::now();
    assert!(told.asks("Ben", &long).len() <= 10);
    // Some milliseconds, on a machine that is not asleep; without bounds it would be minutes.
    assert!(began.elapsed().as_secs() < 2);
    assert_eq!(told.first("Ben", "accordion attic"), Some(said));
}

/// What may happen to an index.
#[derive(Clone, Debug)]
enum Change {
    Insert(u64, u64, u8, u64, String, Option<u64>),
    Remove(u64),
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "dog",
        "cat",
        "soup",
        "Ann",
        "Ben",
        "why",
        "when",
        "yesterday",
        "bought",
        "kayak",
        "?",
        ".",
        "小白",
        "3",
    ]);
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn change() -> impl Strategy<Value = Change> {
    let ids = 1..40_u64;
    let reply = prop::option::of(1..40_u64);
    prop_oneof![
        8 => (ids.clone(), 1..3_u64, 0..3_u8, 0..400_u64, text(), reply)
            .prop_map(|(id, channel, who, hour, text, reply)| Change::Insert(id, channel, who, hour, text, reply)),
        3 => ids.prop_map(Change::Remove),
    ]
}

proptest! {
    #[test]
    fn an_index_after_edits_and_deletions_is_like_one_built_afresh(
        changes in prop::collection::vec(change(), 0..150),
        questions in prop::collection::vec(text(), 1..6),
    ) {
        let mut index = Index::new();
        for change in changes {
            match change {
                Change::Insert(id, channel, who, hour, text, reply_to) => {
                    let speaker = format!("{who}");
                    let name = ["Ann", "Ben", "Will"][usize::from(who)].to_owned();
                    let at_ms = MAY_MS + hour * 20 * MINUTE_MS;
                    index.insert(Message { id, channel, speaker, name, at_ms, text, reply_to });
                }
                Change::Remove(id) => { index.remove(id); }
            }
        }
        let mut messages: Vec<Message> = index.messages().cloned().collect();
        messages.sort_by_key(|message| std::cmp::Reverse(message.id));
        let mut fresh = Index::new();
        for message in messages {
            let terms = terms(&message.text);
            fresh.insert_with_terms(message, &terms);
        }
        prop_assert_eq!(index.len(), fresh.len());
        for text in &questions {
            let query = Query { asker: Some("1"), ..Query::new(text, MAY_MS + 9 * DAY_MS) };
            prop_assert_eq!(index.recall(&query), fresh.recall(&query));
            let handed = handed_over(&index, &index.recall(&query), 300, &|_| false);
            prop_assert_eq!(handed, handed_over(&fresh, &fresh.recall(&query), 300, &|_| false));
        }
    }

    #[test]
    fn no_text_breaks_it(said in ".{0,80}", asked in ".{0,80}", now_ms: u64) {
        let mut told = History::new();
        told.say("Ann", &said);
        told.say(&asked, "hi");
        told.index.recall(&Query::new(&asked, now_ms));
        told.asks(&said, &asked);
    }
}

#[test]
fn older_messages_taken_in_later_make_the_index_they_would_have_made_in_order() {
    let message = |id: u64| Message {
        id,
        channel: id % 3,
        speaker: format!("{}", id % 5),
        name: ["Ann", "Ben", "Mia", "Gus", "Olga"][id as usize % 5].to_owned(),
        at_ms: MAY_MS + id * 60_000,
        text: format!("Pot {} holds soup {} and bread {}.", id % 17, id % 7, id),
        reply_to: id.is_multiple_of(4).then(|| id - 1),
    };
    let with_terms = |id: u64| (message(id), super::terms(&message(id).text));
    let (mut in_order, mut later) = (Index::new(), Index::new());
    (1..=300).for_each(|id| in_order.insert(message(id)));
    (150..=300).for_each(|id| later.insert(message(id)));
    // What is held already has been edited since.
    let edited = Message { text: "Pot 12 holds nothing.".to_owned(), ..message(150) };
    later.insert(edited.clone());
    in_order.insert(edited);
    later.insert_older((1..=160).map(with_terms).collect());
    assert_eq!(later.len(), 300);
    for question in ["What does pot 12 hold?", "Who had bread 42?", "What did Gus say of soup 3?"] {
        let hits = |index: &Index| -> Vec<u64> {
            index
                .recall(&Query::new(question, MAY_MS + 400 * 60_000))
                .iter()
                .map(|it| it.id)
                .collect()
        };
        assert!(!hits(&later).is_empty(), "{question}");
        assert_eq!(hits(&later), hits(&in_order), "{question}");
    }
    assert_eq!(later.named_in("Where is Olga, and where is Gustav?"), ["4"]);
}
