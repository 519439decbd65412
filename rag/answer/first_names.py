"""Common first names by what pronoun goes with them: only those that hardly ever go with both."""

from __future__ import annotations

HE = frozenset(
    """aaron abdul abraham adam adrian ahmed alan albert alejandro alexander alfred ali allen
    alvin anders andre andrew andy anthony antonio antony arthur ben benjamin bernard bill billy
    bob bobby boris brad bradley brandon brendan brent brian bruce bryan carl carlos cesar chad
    charles charlie chris christopher chuck clarence clark colin craig curtis dale damian dan
    daniel darren dave david dean dennis derek dick diego dmitry dominic don donald doug douglas
    duncan dustin dwayne dwight earl ed eddie edgar edward elijah emmanuel eric erik ernest ethan
    eugene evan felix fernando francisco frank franklin fred frederick gabriel gareth gary gavin
    geoff george gerald gerard gilbert giovanni glen glenn gordon graham grant greg gregory guy
    hans harold harry harvey hassan hector henry herbert herman howard hugh hugo ian ibrahim igor
    isaac ivan jack jacob jacques jake james jamie jared jason javier jay jeff jeffrey jeremy
    jerome jerry jesse jesus jim jimmy joe joel johan john johnny jon jonathan jordan jorge jose
    josef joseph josh joshua josé juan julian julio justin karl keith ken kenneth kevin kurt kyle
    lance larry lars lawrence leo leon leonard lewis liam lloyd lorenzo louis luca lucas luis luke
    malcolm manuel marc marco marcus mario mark martin marvin mathew matt matthew maurice max
    michael mick miguel mike mitch mohamed mohammed muhammad nathan nathaniel ned neil nicholas
    nick nigel noah norman oliver omar oscar owen pablo patrick paul pedro pete peter phil philip
    pierre rafael ralph ramon randy raymond reginald ricardo richard rick ricky rob robert roberto
    rodney roger roland ron ronald ross roy rupert russell ryan salvador sam samuel scott sean
    sebastian sergei sergio seth shane shaun simon spencer stanley stephen steve steven stewart
    stuart ted terrence terry theodore thomas tim timothy toby todd tom tommy tony travis trevor
    tyler victor vincent vladimir volodymyr walter warren wayne wesley will william xavier yusuf
    zachary""".split()
)
SHE = frozenset(
    """abigail adele adriana agnes alexandra alice alicia alison allison amanda amber amelia amy
    ana andrea angela angelina anita ann anna anne annette annie april ariana ashley audrey aung
    barbara beatrice becky bella bernadette beth bethany betty beverly bianca brenda bridget
    britney brittany camilla camille cara carla carmen carol carolina caroline carolyn carrie
    catherine cathy cecilia celine charlotte chelsea cheryl chloe christina christine cindy claire
    clara claudia colleen connie courtney crystal cynthia daisy danielle dawn deborah debbie debra
    denise diana diane donna doris dorothy edith eileen elaine eleanor elena elise elizabeth ella
    ellen emily emma erica erin esther eva eve evelyn faith fatima felicity fiona florence frances
    gabriela gail georgia gemma gina giorgia gisele gloria grace greta gwen hailey hannah harriet
    heather heidi helen helena hillary holly hope ida ingrid irene iris isabel isabella ivanka
    jacinda jackie jacqueline jane janet janice jasmine jean jenna jennifer jenny jessica jill joan
    joanna joanne josephine joyce judith judy julia julie june kamala karen kate katherine
    kathleen kathryn kathy katie kayla kelly kim kimberly kristen kristin kristina laura lauren
    leah lena lily linda lisa liz lois lori louise lucia lucy lydia lynn madeleine madison maggie
    margaret maria marie marilyn marina marjorie martha mary maya megan melania melanie melinda
    melissa meredith mia michelle mildred miranda molly monica nadia nancy naomi natalia natalie
    natasha nicola nicole nina nora norma olga olivia oprah pamela patricia paula pauline penny
    phoebe phyllis priscilla rachel rania rebecca regina renee rhonda rita roberta rosa rose
    rosemary ruby ruth sabrina sally samantha sandra sara sarah selena serena shannon sharon
    sheila shelly sherry shirley simone sofia sonia sophia sophie stacey stacy stella stephanie
    sue susan susanna suzanne sylvia tamara tammy tanya tara taylor teresa theresa tiffany tina
    tracy ursula valerie vanessa vera veronica vicki victoria virginia vivian wanda wendy wilma
    yasmin yolanda yvonne zara zoe""".split()
)
#: Among them names of men in other countries, or words; they tell nothing.
HE -= frozenset("guy will grant max chris jordan jackie sam jamie jesse dale".split())
SHE -= frozenset("kim taylor april june dawn hope faith grace rose jean aung daisy will".split())
