"""Given names that people who write German articles have, to tell two persons from one office."""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    Achim Adam Adele Adelheid Adem Adi Adolf Adrian Adriana Agata Agnes Agnieszka Ahmad Ahmed Ahmet
    Aida Aileen Aisha Alan Alba Albert Albrecht Aleksandar Aleksandra Alena Alessandra Alessandro
    Alessia Alex Alexander Alexandra Alexej Alexis Alfons Alfred Ali Alice Alicia Alina Alisa Alma
    Almut Alois Aloys Alwin Amalia Amelie Amina Amir Amira Amy Ana Anastasia Anatol Anders Andi
    Andre Andrea Andreas Andrej Andrew Andrzej André Andy Anette Angela Angelika Angelina Anika
    Anita Anja Anke Ann Anna Annabell Annalena Annchristin Anne Annegret Annekatrin Anneke Annelie
    Anneliese Annelore Annemarie Annett Annette Annika Ansgar Antje Anton Antonia Antonio Antonius
    Ariane Arif Arjun Armin Arnd Arndt Arne Arno Arnold Arthur Artur Astrid Athanasios Attila
    August Auguste Aurelia Axel Ayhan Aylin Ayse Ayşe Aziz Babette Barbara Basil Bastian Beat Beata
    Beate Beatrice Beatrix Ben Benedict Benedikt Benjamin Benno Benny Berit Bernadette Bernd Berndt
    Bernhard Bert Berta Berthold Bertold Bertram Bettina Bianca Bilal Birgit Birgitt Birgitta Birte
    Bjarne Björn Bo Bob Bodo Boris Brian Brigitta Brigitte Britta Bruno Burak Burkhard Burkhardt
    Bärbel Cahit Can Cansu Carina Carl Carla Carlo Carlos Carmen Carola Carolin Carolina Caroline
    Carsten Caspar Catarina Catharina Catherine Cathrin Celina Cem Chantal Charles Charlotte Chiara
    Chloe Chris Christa Christel Christian Christiane Christin Christina Christine Christof
    Christoph Christopher Cigdem Claire Clara Claudia Claudius Claus Clemens Conny Conrad
    Constantin Constanze Cord Cordula Corinna Cornelia Cornelius Cyril Dagmar Dana Daniel Daniela
    Daniele Daria Dario Darius Dave David Debora Deborah Dejan Delia Denis Denise Deniz Dennis
    Derya Detlef Detlev Diana Diane Didem Diego Diemut Dieter Dietlind Dietmar Dietrich Dilara
    Dilek Dimitri Dimitrios Dinah Dirk Dmitri Dominic Dominik Dominique Donald Donata Dora Doreen
    Dorian Doris Dorothea Dorothee Dorte Dragan Dunja Dörte Eberhard Eckart Eckhard Eckhart Edda
    Edeltraud Edgar Edith Edmund Eduard Edward Edwin Egbert Egon Ehrenfried Eike Ekaterina Ekkehard
    Ekrem Elena Eleni Eleonore Elfi Elfriede Elias Elif Elina Elisa Elisabeth Elise Elizabeth Elke
    Ella Ellen Elli Elmar Elsa Elsbeth Else Elvira Emanuel Emel Emil Emilia Emilie Emily Emine Emma
    Emmanuel Emre Enno Enrico Ercan Erdal Erdmann Erhan Erhard Eric Erich Erik Erika Erkan Erna
    Ernst Erwin Esma Esra Esther Etienne Eugen Eva Evelin Evelyn Evi Ewa Ewald Fabian Fabienne
    Fabio Falk Falko Fatih Fatima Fatma Felicia Felicitas Felix Ferdi Ferdinand Fernando Ferry
    Filip Finn Fiona Flavia Florence Florentin Florentine Florian Frances Francesca Francesco
    Francis Francisco Frank Franka Franz Franziska Fred Frederic Frederik Frederike Fredy Freia
    Freya Frida Frieda Friedbert Friedel Friedemann Friederike Friedhelm Friedrich Fritz Gabi Gabor
    Gabriel Gabriela Gabriele Gaby Gary Gebhard Geert Geo Georg George Georgia Georgios Gerald
    Geraldine Gerd Gerda Gereon Gerhard Gerhild Gerlinde Gernot Gero Gerold Gerrit Gert Gertraud
    Gertrud Gesa Gesche Gesine Gideon Giovanni Gisbert Gisela Giulia Giuseppe Gloria Goran Gordon
    Gottfried Graham Gregor Greta Gretchen Grit Gudrun Guido Gundula Gunnar Gunter Gunther Gustav
    Gyde Gökay Gönül Götz Gülay Gülsen Günter Günther Hadwig Hagen Hajo Hakan Halil Halina Hanna
    Hannah Hannelore Hannes Hanno Hanns Hans Hansjörg Hansjürgen Harald Hardy Harry Hartmut Hartwig
    Harun Hasan Hassan Hatice Hauke Hedda Hedwig Heide Heidemarie Heidi Heidrun Heike Heiko Heiner
    Heinrich Heinz Hela Helen Helena Helene Helga Helge Hella Hellmut Helmut Helmuth Hendrik
    Henning Henri Henriette Henrik Henrike Henry Herbert Heribert Herma Hermann Hermine Herta
    Hertha Hilde Hildegard Hilmar Hinrich Holger Horst Hubert Hubertus Hugo Hussein Hülya Hüseyin
    Ian Ibrahim Ida Ignaz Igor Ilja Ilka Ilona Ilse Imke Immanuel Imre Ina Ines Inga Inge Ingeborg
    Ingela Ingmar Ingo Ingolf Ingrid Irena Irene Irina Iris Irma Irmela Irmgard Irmtraud Isa Isaac
    Isabel Isabell Isabella Isabelle Ismail Ivan Ivana Ivo Iwan Jaap Jacek Jack Jacob Jacqueline
    Jakob Jamal James Jan Jana Jane Janet Janette Janick Janin Janina Janine Janis Janna Janne
    Jannik Jannis Jaqueline Jaroslav Jasmin Jasmina Jason Jasper Javier Jean Jeanette Jeannette
    Jeff Jelena Jendrik Jennifer Jenny Jens Jeremias Jessica Jessika Jesus Jill Jim Jo Joachim Joan
    Joana Jochem Jochen Joe Joel Johan Johann Johanna Johannes John Jolanda Jolanta Jon Jona Jonas
    Jonathan Jonna Joost Jordan Jorge Joschka Josef Josefine Joseph Josephine Joshua Jost Josua
    Juan Judith Jule Jules Julia Julian Juliana Juliane Julie Julika Julius Juna Justin Justine
    Justus Jutta János Jérôme Jörg Jörn Jürgen Kai Kaja Karen Karim Karin Karina Karl Karla
    Karlheinz Karola Karolin Karolina Karoline Karsten Kaspar Katarina Katarzyna Kate Katharina
    Kathi Kathleen Kathrin Kati Katja Katrin Kay Kemal Kenan Kerem Kersten Kerstin Kevin Khaled
    Kilian Kim Kira Kirsten Kirstin Klaas Klara Klaudia Klaus Knud Knut Konrad Konstantin
    Konstantinos Korbinian Kornelia Kristian Kristin Kristina Kristine Krzysztof Kuno Kurt Käthe
    Lara Larissa Lars Lasse Laszlo Laura Laurence Laurent Laurenz Laurin Lea Leah Leander Lefteris
    Leif Leila Lena Leni Lennard Lennart Leo Leon Leonard Leonardo Leonhard Leonie Leonore Leopold
    Leyla Lia Lidia Lilian Liliane Lilith Lilli Lilly Lily Lina Linda Linn Linus Lisa Lisbeth
    Liselotte Lisette Livia Liz Lore Lorena Lorenz Lothar Lotta Lotte Lou Louis Louisa Louise Luca
    Lucas Lucia Lucie Lucy Ludger Ludwig Luigi Luis Luisa Luise Luka Lukas Luke Lutz Lydia
    Madeleine Magda Magdalena Magnus Maik Maike Maja Malgorzata Malin Malte Mandy Manfred Manja
    Manuel Manuela Mara Marc Marcel Marcella Marco Marcus Mareike Mareile Maren Maret Margareta
    Margarete Margarethe Margit Margot Margret Margrit Maria Mariam Marian Mariana Marianne Marie
    Mariele Marielle Marieluise Marietta Marija Marika Marina Mario Marion Marit Marita Marius Mark
    Marko Markus Marla Marlen Marlene Marlies Marlis Marta Marten Martha Martin Martina Martine
    Marvin Mary Maryam Mats Matteo Matthew Matthias Matthis Matti Mattias Maurice Max Maxi
    Maximilian Maxine Maya Mechthild Mehdi Mehmet Meike Meinhard Meinolf Melanie Melina Melissa
    Merle Merve Meryem Mesut Meta Mia Micha Michael Michaela Michail Michal Michel Michele Michelle
    Miguel Mike Mila Milan Milena Mina Mira Miranda Mirco Miriam Mirja Mirjam Mirka Mirko Miroslav
    Mohamed Mohammad Mohammed Moira Mona Monica Monika Monique Morgan Moritz Morten Muhammad Murat
    Muriel Mustafa Nadia Nadin Nadine Nadja Nancy Natalia Natalie Natascha Nathalie Nathan Navid
    Neele Nele Nelly Nelson Nermin Nesrin Niccolò Nick Niclas Nico Nicola Nicolai Nicolas Nicole
    Niels Niklas Niko Nikola Nikolai Nikolaj Nikolas Nikolaus Nikos Nils Nina Noah Noel Nora
    Norbert Norma Norman Nuri Oda Odette Okan Oksana Olaf Olav Ole Oleg Olena Olga Oliver Olivia
    Olivier Omar Omer Onur Orhan Ortrud Ortwin Osama Oscar Oskar Osman Oswald Otmar Ottilie Ottmar
    Otto Pablo Paola Paolo Pascal Pascale Patricia Patrick Patrik Patrizia Paul Paula Paulina
    Pauline Pavel Pawel Pedro Peer Peggy Per Petar Peter Petra Petrus Phil Philip Philipp Philippa
    Pia Pierre Piet Pietro Pinar Piotr Pirmin Priska Quentin Quirin Rabea Rachel Rafael Raffael
    Raffaela Raik Raimund Rainer Ralf Ralph Ramona Ramón Randolf Raoul Raphael Raphaela Rasmus Raul
    Rebecca Rebekka Regina Regine Regula Reiner Reinhard Reinhardt Reinhild Reinhold Remo Renata
    Renate Rene René Resi Reza Ria Ricarda Ricardo Richard Rico Rieke Rita Robert Roberta Roberto
    Robin Rocco Rochus Roger Roland Rolf Roma Roman Romana Romy Ron Ronald Ronja Ronny Rosa Rosalie
    Rosemarie Roswitha Rouven Roy Ruben Rudi Rudolf Rune Rupert Ruprecht Ruth Rüdiger Sabina Sabine
    Sabrina Said Salih Salim Salome Sam Sami Samir Samira Samuel Sandra Sandro Sara Sarah Sascha
    Saskia Scarlett Scott Sean Sebastian Selim Selin Selina Selma Semih Serap Serdar Serge Sergej
    Sergio Serkan Sevda Severin Sevim Sibel Sibylle Sidney Siegbert Siegfried Siegmar Siegmund
    Siegrid Siegrun Sigmar Sigmund Sigrid Sigrun Silas Silja Silke Silvana Silvia Silvio Simon
    Simona Simone Sina Sinan Sinem Sissi Slavko Sofia Sofie Sonia Sonja Sophia Sophie Stan
    Stanislaw Stefan Stefania Stefanie Steffen Steffi Stella Stephan Stephanie Stephen Steve Steven
    Stuart Sturmius Suleyman Susan Susann Susanna Susanne Suse Susi Sven Svenja Svetlana Swantje
    Swen Swenja Sybille Sylke Sylvester Sylvia Sylvie Sören Tabea Tamara Tamer Tamina Tanja Tara
    Tarek Tariq Tassilo Tatjana Ted Teresa Thea Thees Theo Theodor Theodora Theres Theresa Therese
    Theresia Thilo Thomas Thoralf Thorben Thore Thorsten Thorwald Tiago Till Tillmann Tilman Tilo
    Tim Timm Timo Timon Tina Titus Tobias Tom Tomas Tomasz Toni Tony Torben Torge Torsten Traudl
    Traute Tristan Trude Tugba Tuğba Tyler Tülay Udo Ugur Ulf Uli Ulla Ulrich Ulrik Ulrike Undine
    Urban Urs Ursel Ursula Urte Uschi Ute Uwe Uğur Valentin Valentina Valerie Valerio Vanessa Vera
    Verena Veronica Veronika Veronique Vicky Victor Victoria Viktor Viktoria Vincent Vinzenz Viola
    Violetta Virginia Vitali Vivian Viviane Vivien Volker Volkhard Volkmar Vroni Walburga Waldemar
    Walter Walther Waltraud Waltraut Wanda Wassili Wendelin Wenke Wenzel Werner Wibke Wiebke
    Wieland Wilfried Wilhelm Wilhelmine Will Willi William Willy Wilma Winfried Winnie Wladimir
    Wolf Wolfgang Wolfhard Wolfhart Wolfram Wulf Xaver Xenia Yael Yannic Yannick Yannis Yasemin
    Yasin Yasmin Yolanda Youssef Yusuf Yvette Yvonne Zacharias Zehra Zeynep Zoe Zofia Zoran Zuzana
    Çiğdem Ömer Özcan Özlem
    """.split()
)
"""Written by hand from general knowledge. Add to them freely: an entry only has to be no common
beginning of a firm, an office or a place."""
