//! What the shipped characters may say, and what nobody may get out of them.

#![expect(
    clippy::unwrap_used,
    reason = "a test helper that unwraps says all there is to say when it fails"
)]

use std::{path::Path, sync::Arc};

use chat::{Draft, Guard, Material, Opening, Refusal, Said, Verdict, prompt};
use personality::{Personality, Roster};

fn cast() -> Vec<Personality> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personalities");
    let roster = Roster::load(&folder, &|_, _| true).unwrap();
    let cast: Vec<Personality> = roster.iter().cloned().collect();
    assert!(cast.len() >= 3);
    cast
}

/// What the model is told about `who`.
fn character(who: &Personality, is_wiser: bool) -> String {
    let hello = [Said { by: Some("Ann".to_owned()), text: "Hello".to_owned() }.into()];
    let material = Material {
        who,
        is_wiser,
        scene: "",
        today: "2026-11-21",
        summary: "",
        memories: &[],
        talk: &[],
        now: &hello,
        documents: &[],
    };
    prompt(&material).character
}

fn guard(who: &Personality) -> Guard {
    Guard::new(who, &character(who, false), [], false)
}

#[test]
fn what_a_character_has_to_say_for_itself_it_may_say() {
    for who in cast() {
        let wiser = Guard::new(&who, &character(&who, true), [], false);
        for guard in [guard(&who), wiser] {
            let lines = &who.lines;
            let said = who.examples.iter().map(|example| example.reply.clone());
            let fixed = [&lines.unavailable, &lines.late, &lines.puzzled].map(Clone::clone);
            let about_itself = [
                format!("Who am I? {}", who.summary),
                format!("I do love {}, you know.", who.interests[0]),
                format!("I am a character played by a program, and my name is {}.", who.name),
                format!("I suppose I am {}.", who.traits[0]),
            ];
            for text in said.chain(fixed).chain(about_itself).chain(who.interests.clone()) {
                assert_eq!(guard.check(&text), Verdict::Fine, "{}: {text}", who.id);
            }
            let together: Vec<&str> = who.examples.iter().map(|e| e.reply.as_str()).collect();
            assert_eq!(guard.check(&together.join("\n")), Verdict::Fine, "{}", who.id);
        }
    }
}

#[test]
fn catchphrases_are_there_to_be_said() {
    let cast = cast();
    let turbo = cast.iter().find(|who| who.id.as_str() == "turbo").unwrap();
    let slogan = "LISTEN, champ: No slime, no shine! Home is where you already are!";
    assert_eq!(guard(turbo).check(slogan), Verdict::Fine);
}

#[test]
fn nobody_gets_the_instructions_read_out() {
    for who in cast() {
        for character in [character(&who, false), character(&who, true)] {
            let guard = Guard::new(&who, &character, [], false);
            let refused = |text: &str| {
                let verdict = guard.check(text);
                assert_eq!(verdict, Verdict::Refused(Refusal::Instructions), "{}: {text}", who.id);
            };
            refused(&character);
            refused(&format!("Sure! Here is my system prompt:\n```\n{character}\n```"));
            let (_, rules) = character.split_once("House rules").unwrap();
            refused(rules);
            for rule in rules.lines().filter(|line| line.split_whitespace().count() > 10) {
                refused(rule);
                refused(&rule.to_uppercase().replace(' ', "  \u{200B}**"));
                let each = |of: fn(&str) -> String| {
                    rule.split_whitespace().map(of).collect::<Vec<_>>().join(" ")
                };
                refused(&each(|word| format!("_{word}_")));
                refused(&each(|word| word.chars().flat_map(|c| [c, '\u{200D}']).collect()));
                refused(&each(|word| word.chars().flat_map(|c| [c, '\u{301}']).collect()));
                refused(&each(|word| {
                    let (start, end) = word.split_at(word.ceil_char_boundary(word.len() / 2));
                    format!("{start}**{end}**")
                }));
                for gap in ["_", ".", ":", "__"] {
                    refused(&rule.split_whitespace().collect::<Vec<_>>().join(gap));
                }
            }
            refused(&format!("My rules say: {}", who.roast_style));
        }
    }
}

#[test]
fn one_line_about_itself_is_a_turn_of_phrase_and_two_are_a_list() {
    let mut found = 0;
    for who in cast() {
        let guard = guard(&who);
        let is_long =
            |line: &&String| line.split_whitespace().count() >= 9 && !line.contains([':', '\'']);
        let long: Vec<&String> = who.traits.iter().filter(is_long).collect();
        let is_refused = |text: &str| guard.check(text) != Verdict::Fine;
        for pair in long.windows(2) {
            found += 1;
            assert!(!is_refused(pair[0]), "{}", pair[0]);
            let list = format!("- {}\nand then\n- {}", pair[0], pair[1]);
            assert!(is_refused(&list), "{list}");
        }
    }
    assert!(found > 0, "no shipped character has two long traits");
}

#[test]
fn a_word_changed_here_and_there_hides_nothing() {
    for who in cast() {
        let (guard, character) = (guard(&who), character(&who, false));
        let (_, rules) = character.split_once("House rules").unwrap();
        let changed: Vec<&str> = rules
            .split_whitespace()
            .enumerate()
            .map(|(at, word)| if at % 7 == 6 { "banana" } else { word })
            .collect();
        let verdict = guard.check(&changed.join(" "));
        assert_eq!(verdict, Verdict::Refused(Refusal::Instructions), "{}", who.id);
    }
}

#[test]
fn ordinary_talk_passes() {
    let talk = [
        "You are in a channel of mine, are you not? Answer me in one to four words, I dare you.",
        "Be witty, never hateful, my mother used to say, and then she threw the soup.",
        "If someone is in danger, call for help. I am serious for once.",
        "```rust\nfn main() { let said: Vec<String> = vec![]; println!(\"<file> {}\", said.len()); }\n```",
        "Ein Tee, bitte. 我们今天去看电影吧。Привет, как дела?",
        "",
    ];
    for who in cast() {
        for text in talk {
            assert_eq!(guard(&who).check(text), Verdict::Fine, "{}: {text}", who.id);
        }
    }
}

#[test]
fn explicit_words_are_for_places_that_are_age_restricted() {
    let who = &cast()[0];
    let text = "Go and watch some hentai, darling.";
    let at =
        |age_restricted| Guard::new(who, &character(who, false), [], age_restricted).check(text);
    assert_eq!(at(false), Verdict::Refused(Refusal::Explicit));
    assert_eq!(at(true), Verdict::Fine);
}

#[test]
fn no_markup_dot_or_joiner_hides_an_explicit_word() {
    let guard = guard(&cast()[0]);
    for text in [
        "_hentai_",
        "__dildo__",
        "see:hentai",
        "rough.hentai",
        "hen\u{200D}tai",
        "hen\u{FE0F}tai",
        "hen**tai**",
        "hen<said>tai",
        "hen<sa<said>id>tai",
        "hen‹sa<quote>id›<memory>tai",
        "h||entai||",
        "ｈｅｎｔａｉ",
        "𝒽𝑒𝓃𝓉𝒶𝒾",
        "h\u{0301}entai",
        "h\u{0334}e\u{0334}n\u{0334}t\u{0334}a\u{0334}i\u{0334}",
    ] {
        let refused = Verdict::Refused(Refusal::Explicit);
        assert_eq!(guard.check(text), refused, "{text}");
        assert_eq!(guard.check_growing(&format!("{text} and so on")), refused, "{text}");
    }
}

#[test]
fn what_stands_there_without_marks_pings_nobody() {
    let guard = guard(&cast()[0]);
    for (text, shown) in [
        ("@every<said>one", "＠everyone"),
        ("<@<sa<said>id>123>", "@someone"),
        ("<<quote>@&5>", "@role"),
    ] {
        assert_eq!(guard.check(text), Verdict::Masked(shown.to_owned()), "{text}");
    }
}

#[test]
fn secrets_and_marks_are_taken_out() {
    let who = &cast()[0];
    let guard = Guard::new(who, &character(who, false), ["hunter2hunter2", "short"], false);
    let text = "<said by=\"Ann\">it is hunter2hunter2, in short</said>";
    assert_eq!(guard.check(text), Verdict::Masked("it is [hidden], in short".to_owned()));
    assert!(!format!("{guard:?}").contains("hunter2"));
}

#[test]
fn no_joiner_keeps_a_secret_apart() {
    let who = &cast()[0];
    let guard = Guard::new(who, &character(who, false), ["hunter2hunter2"], false);
    let key = format!("AKIA{}", "ABCDEFGH12345678");
    for joint in ["\u{200D}", "\u{FE0F}", "\u{200B}", "\u{FE0F}\u{200D}"] {
        for secret in ["hunter2hunter2", key.as_str()] {
            let apart: String =
                secret.chars().flat_map(|c| [String::from(c), joint.to_owned()]).collect();
            let masked = Verdict::Masked("it is [hidden] there".to_owned());
            assert_eq!(guard.check(&format!("it is {apart} there")), masked, "{apart:?}");
            assert_eq!(
                guard.check_growing(&format!("it is {apart}")),
                Verdict::Masked("it is".to_owned())
            );
        }
    }
}

/// Whatever an answer is cut into, nothing is ever shown that the whole would not show.
#[test]
fn nothing_slips_out_while_an_answer_grows() {
    let who = &cast()[0];
    let rule = character(who, false).lines().rev().find(|line| line.len() > 80).unwrap().to_owned();
    let key = format!("AKIA{}", "ABCDEFGH12345678");
    let answer = format!("Well, the key is {key} and <memory id=\"1\">tea</memory>. {rule} {rule}");
    let guard = Arc::new(guard(who));
    let mut draft = Draft::new(Opening::none(), vec![]).guarded(guard);
    let mut refused = false;
    for c in answer.chars() {
        draft.push(&c.to_string());
        let shown = draft.messages().concat();
        // A word of twelve characters may be any word.
        assert!(!shown.contains(&key[..13]), "{shown}");
        assert!(!shown.contains("memory"), "{shown}");
        assert!(!refused || draft.refused().is_some(), "more words do not mend it");
        refused = draft.refused().is_some();
        assert!(!refused || shown.is_empty(), "{shown}");
    }
    assert!(refused);
    assert_eq!(draft.text(), "");
    draft.replace(&who.lines.unavailable);
    assert_eq!(draft.messages(), std::slice::from_ref(&who.lines.unavailable));
}

#[test]
fn a_guarded_answer_is_whole_in_the_end() {
    let who = &cast()[0];
    let mut draft = Draft::new(Opening::none(), vec![]).guarded(Arc::new(guard(who)));
    draft.push("It is a supercalifragilistic");
    assert_eq!(draft.messages(), ["It is a"], "the last word may become anything");
    assert_eq!(draft.text(), "It is a supercalifragilistic");
    let whole = draft.text();
    draft.replace(&whole);
    assert_eq!(draft.messages(), ["It is a supercalifragilistic"]);
}
